//! Facts about the world that rules live in: ATT&CK, data connectors, entity types, the service's limits.
//!
//! The tables under `schemas/facts` are generated (`cargo dev facts`), each with its source and version, and
//! are parsed when first asked for. No fact stands in code.

mod attack;
mod connectors;
mod entities;
pub mod kql;
mod limits;
mod scalar_type;
mod table;

use std::sync::LazyLock;

pub use attack::{Attack, Domain, PreviousTechnique, Status, Tactic, Technique, TechniqueTactics};
pub use connectors::{Connector, ConnectorState, Connectors, RetiredTable};
pub use entities::{Entities, Entity};
pub use limits::{Bounds, Limits, ServiceEnums};
pub use scalar_type::{ScalarType, TypeSet};

/// All facts.
#[derive(Debug)]
pub struct Catalog {
    attack: LazyLock<Attack>,
    connectors: LazyLock<Connectors>,
    entities: LazyLock<Entities>,
    limits: LazyLock<Limits>,
    enums: LazyLock<ServiceEnums>,
}

static BUILTIN: Catalog = Catalog {
    attack: LazyLock::new(Attack::builtin),
    connectors: LazyLock::new(Connectors::builtin),
    entities: LazyLock::new(Entities::builtin),
    limits: LazyLock::new(Limits::builtin),
    enums: LazyLock::new(ServiceEnums::builtin),
};

impl Catalog {
    /// The facts that come with picket.
    pub fn builtin() -> &'static Self {
        &BUILTIN
    }

    /// ATT&CK and the service's reading of it.
    pub fn attack(&self) -> &Attack {
        &self.attack
    }

    /// Data connectors.
    pub fn connectors(&self) -> &Connectors {
        &self.connectors
    }

    /// Entity types.
    pub fn entities(&self) -> &Entities {
        &self.entities
    }

    /// Limits of the service.
    pub fn limits(&self) -> &Limits {
        &self.limits
    }

    /// Values of the service's enumerations.
    pub fn enums(&self) -> &ServiceEnums {
        &self.enums
    }
}
