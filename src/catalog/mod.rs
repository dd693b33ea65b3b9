//! Facts about the world that rules live in: ATT&CK, data connectors, entity types, the service's limits.
//!
//! The tables under `schemas/facts` are generated (`cargo dev facts`), each with its source and version, and
//! are parsed when first asked for. No fact stands in code.

mod attack;
mod connectors;
pub mod defender;
mod entities;
mod entity_columns;
pub mod kql;
mod limits;
pub mod rmm;
mod scalar_type;
pub mod sigma;
mod table;

use std::sync::LazyLock;

pub use attack::{
    Attack, AttackTable, AttackTableError, BundleError, Domain, PreviousTechnique, Status, Tactic, Technique,
    TechniqueTactics, attack_table,
};
pub use connectors::{Connector, ConnectorState, Connectors, Ended, RetiredTable};
pub use entities::{Entities, Entity};
pub use entity_columns::EntityColumns;
pub use limits::{Bounds, Limits, ServiceEnums};
pub use scalar_type::{ScalarType, TypeSet};

/// All facts.
#[derive(Debug, Default)]
pub struct Catalog {
    /// ATT&CK of another version than the built-in one.
    attack: Option<Attack>,
}

static BUILTIN: Catalog = Catalog { attack: None };
static ATTACK: LazyLock<Attack> = LazyLock::new(Attack::builtin);
static CONNECTORS: LazyLock<Connectors> = LazyLock::new(Connectors::builtin);
static ENTITIES: LazyLock<Entities> = LazyLock::new(Entities::builtin);
static ENTITY_COLUMNS: LazyLock<Vec<EntityColumns>> = LazyLock::new(EntityColumns::builtin);
static LIMITS: LazyLock<Limits> = LazyLock::new(Limits::builtin);
static RMM: LazyLock<rmm::RmmFacts> = LazyLock::new(rmm::RmmFacts::builtin);
static SIGMA: LazyLock<sigma::SigmaFacts> = LazyLock::new(sigma::SigmaFacts::builtin);
static ENUMS: LazyLock<ServiceEnums> = LazyLock::new(ServiceEnums::builtin);

impl Catalog {
    /// The facts that come with picket.
    pub fn builtin() -> &'static Self {
        &BUILTIN
    }

    /// The facts that come with picket, with this version of ATT&CK.
    pub fn with_attack(attack: Attack) -> Self {
        Self { attack: Some(attack) }
    }

    /// Which columns hold which entities, those before others of their role that fit better.
    pub fn entity_columns(&self) -> &[EntityColumns] {
        &ENTITY_COLUMNS
    }

    /// The version of [`Self::entity_columns`].
    pub fn entity_columns_version(&self) -> &'static str {
        entity_columns::version()
    }

    /// ATT&CK and the service's reading of it.
    pub fn attack(&self) -> &Attack {
        self.attack.as_ref().unwrap_or(&ATTACK)
    }

    /// Data connectors.
    pub fn connectors(&self) -> &Connectors {
        &CONNECTORS
    }

    /// Entity types.
    pub fn entities(&self) -> &Entities {
        &ENTITIES
    }

    /// Limits of the service.
    pub fn limits(&self) -> &Limits {
        &LIMITS
    }

    /// Remote-management tools.
    pub fn rmm(&self) -> &rmm::RmmFacts {
        &RMM
    }

    /// What log sources and fields of Sigma are.
    pub fn sigma(&self) -> &sigma::SigmaFacts {
        &SIGMA
    }

    /// Values of the service's enumerations.
    pub fn enums(&self) -> &ServiceEnums {
        &ENUMS
    }
}
