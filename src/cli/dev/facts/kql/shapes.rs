//! Shapes of dynamic results, which the collected facts reduce to `dynamic`.
//!
//! Read by reflection from Kusto.Language 12.4.1, as the declared return types of these functions. `[string]` is an
//! array of strings, `[]` of anything, `{a:string}` a bag with that property.

const GEOMETRY: &str = "{type:string,coordinates:[]}";
const URL: &str = "{Scheme:string,Host:string,Port:string,Path:string,Username:string,Password:string,Query Parameters:dynamic,Fragment:string}";
const URL_QUERY: &str = "{Query Parameters:dynamic}";
const PATH: &str = "{Scheme:string,RootPath:string,DirectoryPath:string,DirectoryName:string,Filename:string,Extension:string,AlternateDataStreamName:string}";
const USER_AGENT: &str = "{Browser:{Family:string,MajorVersion:string,MinorVersion:string,Patch:string},OperatingSystem:{Family:string,MajorVersion:string,MinorVersion:string,Patch:string,PatchMinor:string},Device:{Family:string,Brand:string,Model:string}}";
const PRINCIPAL: &str = "{UserPrincipalName:string,IdentityProvider:string,Authority:string,Mfa:string,Type:string,DisplayName:string,ObjectId:string,FQN:string,Notes:string}";

/// The shape of the dynamic value that the function `name` returns, `dynamic` when it is not known.
pub(super) fn of_function(name: &str) -> &'static str {
    match name {
        "to_utf8"
        | "unicode_codepoints_from_string"
        | "extractall"
        | "extract_all"
        | "datetime_list_timezones"
        | "base64_decode_toarray"
        | "parse_csv"
        | "percentiles_array_tdigest"
        | "tdigest_merge"
        | "merge_tdigest"
        | "hll_merge"
        | "series_add"
        | "series_subtract"
        | "series_multiply"
        | "series_floor"
        | "__ipv6_lookup_ranges"
        | "ipv4_range_to_cidr_list" => "[]",
        "split"
        | "parse_command_line"
        | "treepath"
        | "bag_keys"
        | "geo_polygon_to_h3cells"
        | "geo_polygon_to_s2cells"
        | "geo_line_to_s2cells"
        | "geo_geohash_neighbors"
        | "geo_s2cell_neighbors"
        | "geo_h3cell_neighbors"
        | "geo_h3cell_children"
        | "labels"
        | "extent_tags"
        | "column_names_of" => "[string]",
        "geo_h3cell_rings" => "[[string]]",
        "zip" => "[[]]",
        "jaccard_index" | "series_fir" | "series_iir" | "series_divide" | "series_pow" | "series_exp"
        | "series_sin" | "series_asin" | "series_cos" | "series_acos" | "series_tan" | "series_atan"
        | "series_log" | "series_seasonal" => "[real]",
        "series_greater"
        | "series_greater_equals"
        | "series_less"
        | "series_less_equals"
        | "series_equals"
        | "series_not_equals" => "[bool]",
        "series_sign" => "[long]",
        "parse_xml" | "bag_zip" => "{}",
        "parseurl" | "parse_url" => URL,
        "parseurlquery" | "parse_urlquery" => URL_QUERY,
        "parse_path" => PATH,
        "parse_user_agent" => USER_AGENT,
        "current_principal_details" => PRINCIPAL,
        "geo_from_wkt"
        | "geo_closest_point_on_line"
        | "geo_closest_point_on_polygon"
        | "geo_intersection_2lines"
        | "geo_intersection_line_with_polygon"
        | "geo_intersection_2polygons"
        | "geo_union_polygons_array"
        | "geo_simplify_polygons_array"
        | "geo_union_lines_array"
        | "geo_polygon_densify"
        | "geo_polygon_buffer"
        | "geo_polygon_centroid"
        | "geo_polygon_simplify"
        | "geo_line_buffer"
        | "geo_line_centroid"
        | "geo_line_densify"
        | "geo_line_simplify"
        | "geo_line_interpolate_point"
        | "geo_geohash_to_central_point"
        | "geo_geohash_to_polygon"
        | "geo_point_buffer"
        | "geo_s2cell_to_central_point"
        | "geo_s2cell_to_polygon"
        | "geo_h3cell_to_central_point"
        | "geo_h3cell_to_polygon" => GEOMETRY,
        _ => "dynamic",
    }
}

/// The shape of the dynamic value that the aggregate `name` returns.
pub(super) fn of_aggregate(name: &str) -> &'static str {
    match name {
        "tdigest" | "tdigest_merge" | "merge_tdigest" | "hll" | "hll_if" | "hll_merge" => "[]",
        "make_dictionary" | "make_bag" | "make_bag_if" | "buildschema" => "{}",
        _ => "dynamic",
    }
}
