//! Functions over series that yield a tuple of columns, `<function>_<series>_<part>` each, or a bag of the same parts.

use super::context::{CallContext, ColumnRef};
use crate::catalog::ScalarType::{Dynamic, Long, Real};
use crate::catalog::kql::DeclaredType;
use crate::kql::bind::types::Type;

type Part = (&'static str, DeclaredType);

const REAL: DeclaredType = DeclaredType::Scalar(Real);
const LONG: DeclaredType = DeclaredType::Scalar(Long);
const REALS: DeclaredType = DeclaredType::Array(&REAL);
const ANYTHING: DeclaredType = DeclaredType::Array(&DeclaredType::Scalar(Dynamic));

const STATS: &[Part] = &[
    ("min", REAL),
    ("min_idx", LONG),
    ("max", REAL),
    ("max_idx", LONG),
    ("avg", REAL),
    ("stdev", REAL),
    ("variance", REAL),
];
const FOURIER: &[Part] = &[("real", REALS), ("imag", REALS)];
const POLYNOMIAL: &[Part] = &[
    ("rsquare", REAL),
    ("coefficients", REALS),
    ("variance", REAL),
    ("rvariance", REAL),
    ("poly_fit", REALS),
];
const LINE: &[Part] = &[
    ("rsquare", REAL),
    ("slope", REAL),
    ("variance", REAL),
    ("rvariance", REAL),
    ("interception", REAL),
    ("line_fit", REALS),
];
const TWO_LINES: &[Part] = &[
    ("rsquare", REAL),
    ("split_idx", LONG),
    ("variance", REAL),
    ("rvariance", REAL),
    ("line_fit", REALS),
    ("right_rsquare", REAL),
    ("right_slope", REAL),
    ("right_interception", REAL),
    ("right_variance", REAL),
    ("right_rvariance", REAL),
    ("left_rsquare", REAL),
    ("left_slope", REAL),
    ("left_interception", REAL),
    ("left_variance", REAL),
    ("left_rvariance", REAL),
];
const PERIODS: &[Part] = &[("periods", REALS), ("scores", REALS)];
const PARTS: &[Part] =
    &[("baseline", ANYTHING), ("seasonal", ANYTHING), ("trend", ANYTHING), ("residual", ANYTHING)];
const ANOMALIES: &[Part] = &[("ad_flag", ANYTHING), ("ad_score", ANYTHING), ("baseline", ANYTHING)];
/// The result of a function over series, nothing for any other function.
pub(super) fn return_type<'a>(cx: &CallContext<'a, '_>) -> Option<Type<'a>> {
    let (series, parts) = match cx.function.name {
        "series_stats" => ("series", STATS),
        "series_fft" | "series_ifft" => ("series", FOURIER),
        "series_fit_poly" => ("y_series", POLYNOMIAL),
        "series_fit_line" => ("series", LINE),
        "series_fit_2lines" => ("array", TWO_LINES),
        "series_periods_detect" | "series_periods_validate" => ("series", PERIODS),
        "series_decompose" | "series_decompose_forecast" => ("series", PARTS),
        "series_decompose_anomalies" => ("series", ANOMALIES),
        "series_stats_dynamic" => return Some(bag(cx, STATS)),
        "series_fit_line_dynamic" => return Some(bag(cx, LINE)),
        "series_fit_2lines_dynamic" => return Some(bag(cx, TWO_LINES)),
        _ => return None,
    };
    let function = cx.function.result_name.prefix().unwrap_or(cx.function.name);
    let series = cx.argument(series).and_then(|argument| argument.result_name).unwrap_or_default();
    let columns: Vec<ColumnRef<'a>> = parts
        .iter()
        .map(|(part, ty)| cx.column(&format!("{function}_{series}_{part}"), Type::declared(ty, cx.arena)))
        .collect();
    Some(cx.tuple(&columns))
}

fn bag<'a>(cx: &CallContext<'a, '_>, parts: &[Part]) -> Type<'a> {
    let properties: Vec<ColumnRef<'a>> =
        parts.iter().map(|(part, ty)| cx.column(part, Type::declared(ty, cx.arena))).collect();
    cx.bag(&properties)
}
