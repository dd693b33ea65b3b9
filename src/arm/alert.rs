//! The alerts of analytics rules, in the table `SecurityAlert` of their workspace.
//!
//! Sentinel names the rule in the column `AlertType`: the id of the workspace, an underscore, the name of the rule. An alert
//! that changes is written once more under its `SystemAlertId`.

/// The table of alerts.
pub const TABLE: &str = "SecurityAlert";
/// The columns of the answer to [`query`], in order: the rule as Sentinel names it, how many alerts it made, and when it made
/// the last.
pub const COLUMNS: [(&str, &str); 3] =
    [("AlertType", "string"), ("Alerts", "long"), ("LastFired", "datetime")];

/// How often each analytics rule of the workspace `customer_id` fired, and when it did last.
pub fn query(customer_id: &str) -> String {
    // The id is a UUID; whatever else it was, it must not end the text.
    let id: String = customer_id.chars().filter(|c| c.is_ascii_alphanumeric() || *c == '-').collect();
    format!(
        "{TABLE}\n\
         | where AlertType startswith \"{id}_\"\n\
         | summarize TimeGenerated = min(TimeGenerated) by SystemAlertId, AlertType\n\
         | summarize Alerts = count(), LastFired = max(TimeGenerated) by AlertType"
    )
}

/// The rule that `alert_type` names, if it is one of the workspace `customer_id`.
pub fn rule_of<'a>(alert_type: &'a str, customer_id: &str) -> Option<&'a str> {
    let (prefix, rule) = alert_type.split_at_checked(customer_id.len())?;
    let rule = rule.strip_prefix('_').filter(|rule| !rule.is_empty())?;
    prefix.eq_ignore_ascii_case(customer_id).then_some(rule)
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: &str = "e00daaf8-d6a4-4410-b50b-f5ef61c9cb45";

    #[test]
    fn the_rule_stands_behind_the_workspace() {
        let rule = "9c4be437-b74c-440c-aa09-764367744a23";
        assert_eq!(rule_of(&format!("{ID}_{rule}"), ID), Some(rule));
        assert_eq!(rule_of(&format!("{}_a_b", ID.to_uppercase()), ID), Some("a_b"));
        for other in [ID, "", "Fusion", &format!("{ID}_"), &format!("{ID}-{rule}"), &format!("é{ID}_{rule}")]
        {
            assert_eq!(rule_of(other, ID), None, "{other}");
        }
    }

    #[test]
    fn an_id_cannot_end_the_text_of_the_query() {
        assert!(query("x\" or 1 == 1").contains("startswith \"xor11_\""));
    }
}
