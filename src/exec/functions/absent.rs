//! The functions that are not computed offline, and why.

/// Why a function of the language is left out; nothing where it is not.
pub(in crate::exec) fn reason(name: &str) -> Option<&'static str> {
    Some(match name {
        "hash_combine" | "hash_many" => "how the service combines hashes is not published",
        "current_cluster_endpoint"
        | "current_database"
        | "current_node_id"
        | "current_principal"
        | "current_principal_details"
        | "current_principal_is_member_of" => "the answer hangs on who asks, and where",
        "current_cursor" | "cursor_after" | "cursor_before_or_at" | "cursor_current" => {
            "rows at hand have no cursors"
        }
        "extent_id" | "extent_tags" | "extentid" | "row_id" | "rowstore_ordinal_range" => {
            "rows at hand are in no extent"
        }
        "datetime_list_timezones" => "the list is that of the service",
        "geo_info_from_ip_address" => "it takes the service's database of addresses",
        "parse_user_agent" => "it takes the service's patterns of browsers and devices",
        "weekofyear" => "its weeks are not those of ISO 8601: `week_of_year`",
        "series_periods_detect" | "series_periods_validate" => {
            "how the service scores a period is not documented"
        }
        "series_outliers" | "series_decompose_anomalies" => {
            "how the service scores an outlier is not documented"
        }
        "like" | "likecs" | "notlike" | "notlikecs" => "its patterns are not documented",
        _ if cfg!(not(feature = "geo")) && name.starts_with("geo_") => "this build lacks the feature `geo`",
        _ if name.starts_with("__") => "it is internal to the service",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use crate::exec::functions;

    #[test]
    fn what_has_a_reason_is_not_supported() {
        let contradictions: Vec<&str> =
            functions::names().filter(|name| super::reason(name).is_some()).collect();
        assert!(contradictions.is_empty(), "{contradictions:?}");
    }
}
