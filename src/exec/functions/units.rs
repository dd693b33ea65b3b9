//! Units: `convert_length`, `convert_mass` and their like.

use super::{Scalar, at, text_at};
use crate::exec::value::Value;

pub(super) const FUNCTIONS: &[Scalar] = &[
    Scalar { name: "convert_angle", body: |_, v| Ok(converted(v, ANGLES)) },
    Scalar { name: "convert_energy", body: |_, v| Ok(converted(v, ENERGIES)) },
    Scalar { name: "convert_force", body: |_, v| Ok(converted(v, FORCES)) },
    Scalar { name: "convert_length", body: |_, v| Ok(converted(v, LENGTHS)) },
    Scalar { name: "convert_mass", body: |_, v| Ok(converted(v, MASSES)) },
    Scalar { name: "convert_speed", body: |_, v| Ok(converted(v, SPEEDS)) },
    Scalar { name: "convert_temperature", body: |_, v| Ok(temperature(v)) },
    Scalar { name: "convert_volume", body: |_, v| Ok(converted(v, VOLUMES)) },
];

/// A unit and how many of the base unit it is.
type Unit = (&'static str, f64);

fn factor(units: &[Unit], name: &str) -> Option<f64> {
    units.iter().find(|(known, _)| *known == name).map(|(_, factor)| *factor)
}

/// `convert_…(value, from, to)`; null for a unit that is none.
fn converted(values: &[Value], units: &[Unit]) -> Value {
    let number = at(values, 0).as_f64();
    match (number, factor(units, &text_at(values, 1)), factor(units, &text_at(values, 2))) {
        (Some(number), Some(from), Some(to)) => Value::Real(number * from / to),
        _ => Value::Null,
    }
}

/// A scale of temperature: what its 0 and its degree are in kelvins.
struct Degree {
    name: &'static str,
    zero: f64,
    degree: f64,
}

const DEGREES: &[Degree] = &[
    Degree { name: "DegreeCelsius", zero: 273.15, degree: 1.0 },
    Degree { name: "DegreeDelisle", zero: 373.15, degree: -2.0 / 3.0 },
    Degree { name: "DegreeFahrenheit", zero: 459.67 * 5.0 / 9.0, degree: 5.0 / 9.0 },
    Degree { name: "DegreeNewton", zero: 273.15, degree: 100.0 / 33.0 },
    Degree { name: "DegreeRankine", zero: 0.0, degree: 5.0 / 9.0 },
    Degree { name: "DegreeReaumur", zero: 273.15, degree: 5.0 / 4.0 },
    Degree { name: "DegreeRoemer", zero: 273.15 - 7.5 * 40.0 / 21.0, degree: 40.0 / 21.0 },
    Degree { name: "Kelvin", zero: 0.0, degree: 1.0 },
    Degree { name: "MillidegreeCelsius", zero: 273.15, degree: 0.001 },
    Degree { name: "SolarTemperature", zero: 0.0, degree: 5778.0 },
];

fn temperature(values: &[Value]) -> Value {
    let scale = |name: &str| DEGREES.iter().find(|scale| scale.name == name);
    match (at(values, 0).as_f64(), scale(&text_at(values, 1)), scale(&text_at(values, 2))) {
        (Some(number), Some(from), Some(to)) => {
            Value::Real((number * from.degree + (from.zero - to.zero)) / to.degree)
        }
        _ => Value::Null,
    }
}

// The factors are those of UnitsNet (MIT), which the service converts with.

/// In degrees.
const ANGLES: &[Unit] = &[
    ("Arcminute", 0.016666666666666666),
    ("Arcsecond", 0.0002777777777777778),
    ("Centiradian", 0.5729577951308232),
    ("Deciradian", 5.729577951308233),
    ("Degree", 1.0),
    ("Gradian", 0.9),
    ("Microdegree", 1e-06),
    ("Microradian", 5.729577951308232e-05),
    ("Millidegree", 0.001),
    ("Milliradian", 0.057295779513082325),
    ("Nanodegree", 1e-09),
    ("Nanoradian", 5.7295779513082324e-08),
    ("NatoMil", 0.05625),
    ("Radian", 57.29577951308232),
    ("Revolution", 360.0),
    ("Tilt", 90.0),
];

/// In joules.
const ENERGIES: &[Unit] = &[
    ("BritishThermalUnit", 1055.05585262),
    ("Calorie", 4.184),
    ("DecathermEc", 1055055852.6199999),
    ("DecathermImperial", 1055055852.57348),
    ("DecathermUs", 1054804000.0),
    ("ElectronVolt", 1.602176565e-19),
    ("Erg", 1e-07),
    ("FootPound", 1.355817948),
    ("GigabritishThermalUnit", 1055055852620.0),
    ("GigaelectronVolt", 1.602176565e-10),
    ("Gigajoule", 1000000000.0),
    ("GigawattDay", 86400000000000.0),
    ("GigawattHour", 3600000000000.0),
    ("HorsepowerHour", 2684519.5377),
    ("Joule", 1.0),
    ("KilobritishThermalUnit", 1055055.85262),
    ("Kilocalorie", 4184.0),
    ("KiloelectronVolt", 1.602176565e-16),
    ("Kilojoule", 1000.0),
    ("KilowattDay", 86400000.0),
    ("KilowattHour", 3600000.0),
    ("MegabritishThermalUnit", 1055055852.62),
    ("Megacalorie", 4184000.0),
    ("MegaelectronVolt", 1.602176565e-13),
    ("Megajoule", 1000000.0),
    ("MegawattDay", 86400000000.0),
    ("MegawattHour", 3600000000.0),
    ("Millijoule", 0.001),
    ("TeraelectronVolt", 1.602176565e-07),
    ("TerawattDay", 8.64e+16),
    ("TerawattHour", 3600000000000000.0),
    ("ThermEc", 105505585.262),
    ("ThermImperial", 105505585.257348),
    ("ThermUs", 105480400.0),
    ("WattDay", 86400.0),
    ("WattHour", 3600.0),
];

/// In newtons.
const FORCES: &[Unit] = &[
    ("Decanewton", 10.0),
    ("Dyn", 1e-05),
    ("KilogramForce", 9.80665),
    ("Kilonewton", 1000.0),
    ("KiloPond", 9.80665),
    ("KilopoundForce", 4448.2216152605),
    ("Meganewton", 1000000.0),
    ("Micronewton", 1e-06),
    ("Millinewton", 0.001),
    ("Newton", 1.0),
    ("OunceForce", 0.2780138509537812),
    ("Poundal", 0.138254954376),
    ("PoundForce", 4.4482216152605),
    ("ShortTonForce", 8896.443230521),
    ("TonneForce", 9806.65),
];

/// In metres.
const LENGTHS: &[Unit] = &[
    ("Angstrom", 1e-10),
    ("AstronomicalUnit", 149597870700.0),
    ("Centimeter", 0.01),
    ("Chain", 20.1168),
    ("DataMile", 1828.8),
    ("Decameter", 10.0),
    ("Decimeter", 0.1),
    ("DtpPica", 0.004233333333332346),
    ("DtpPoint", 0.00035277777777777776),
    ("Fathom", 1.8288),
    ("Foot", 0.3048),
    ("Hand", 0.1016),
    ("Hectometer", 100.0),
    ("Inch", 0.0254),
    ("KilolightYear", 9.46073047258e+18),
    ("Kilometer", 1000.0),
    ("Kiloparsec", 3.08567758128e+19),
    ("LightYear", 9460730472580000.0),
    ("MegalightYear", 9.46073047258e+21),
    ("Megaparsec", 3.08567758128e+22),
    ("Meter", 1.0),
    ("Microinch", 2.54e-08),
    ("Micrometer", 1e-06),
    ("Mil", 2.54e-05),
    ("Mile", 1609.344),
    ("Millimeter", 0.001),
    ("Nanometer", 1e-09),
    ("NauticalMile", 1852.0),
    ("Parsec", 3.08567758128e+16),
    ("PrinterPica", 0.004217517599993978),
    ("PrinterPoint", 0.00035145980351459805),
    ("Shackle", 27.432),
    ("SolarRadius", 695700000.0),
    ("Twip", 1.7638888888889126e-05),
    ("UsSurveyFoot", 0.3048006096012192),
    ("Yard", 0.9144),
];

/// In kilograms.
const MASSES: &[Unit] = &[
    ("Centigram", 1e-05),
    ("Decagram", 0.01),
    ("Decigram", 0.0001),
    ("EarthMass", 5.9722e+24),
    ("Grain", 6.479891e-05),
    ("Gram", 0.001),
    ("Hectogram", 0.1),
    ("Kilogram", 1.0),
    ("Kilopound", 453.59237),
    ("Kilotonne", 1000000.0),
    ("LongHundredweight", 50.80234544),
    ("LongTon", 1016.0469088),
    ("Megapound", 453592.37),
    ("Megatonne", 1000000000.0),
    ("Microgram", 1e-09),
    ("Milligram", 1e-06),
    ("Nanogram", 1.0000000000000002e-12),
    ("Ounce", 0.028349523125),
    ("Pound", 0.45359237),
    ("ShortHundredweight", 45.359237),
    ("ShortTon", 907.18474),
    ("Slug", 14.593903000000001),
    ("SolarMass", 1.98947e+30),
    ("Stone", 6.350288000000001),
    ("Tonne", 1000.0),
];

/// In metres per second.
const SPEEDS: &[Unit] = &[
    ("CentimeterPerHour", 2.777777777777778e-06),
    ("CentimeterPerMinute", 0.00016666666666666666),
    ("CentimeterPerSecond", 0.01),
    ("DecimeterPerMinute", 0.0016666666666666668),
    ("DecimeterPerSecond", 0.1),
    ("FootPerHour", 8.466666666666667e-05),
    ("FootPerMinute", 0.00508),
    ("FootPerSecond", 0.3048),
    ("InchPerHour", 7.055555555555555e-06),
    ("InchPerMinute", 0.0004233333333333333),
    ("InchPerSecond", 0.0254),
    ("KilometerPerHour", 0.2777777777777778),
    ("KilometerPerMinute", 16.666666666666668),
    ("KilometerPerSecond", 1000.0),
    ("Knot", 0.5144444444444445),
    ("MeterPerHour", 0.0002777777777777778),
    ("MeterPerMinute", 0.016666666666666666),
    ("MeterPerSecond", 1.0),
    ("MicrometerPerMinute", 1.6666666666666667e-08),
    ("MicrometerPerSecond", 1e-06),
    ("MilePerHour", 0.44704),
    ("MillimeterPerHour", 2.7777777777777776e-07),
    ("MillimeterPerMinute", 1.6666666666666667e-05),
    ("MillimeterPerSecond", 0.001),
    ("NanometerPerMinute", 1.6666666666666667e-11),
    ("NanometerPerSecond", 1e-09),
    ("UsSurveyFootPerHour", 8.466683600033866e-05),
    ("UsSurveyFootPerMinute", 0.00508001016002032),
    ("UsSurveyFootPerSecond", 0.3048006096012192),
    ("YardPerHour", 0.000254),
    ("YardPerMinute", 0.01524),
    ("YardPerSecond", 0.9144),
];

/// In cubic metres.
const VOLUMES: &[Unit] = &[
    ("AcreFoot", 1233.4806109182769),
    ("AuTablespoon", 2e-05),
    ("BoardFoot", 0.0023597372158),
    ("Centiliter", 1e-05),
    ("CubicCentimeter", 1e-06),
    ("CubicDecimeter", 0.001),
    ("CubicFoot", 0.028316846592),
    ("CubicHectometer", 1000000.0),
    ("CubicInch", 1.6387064e-05),
    ("CubicKilometer", 1000000000.0),
    ("CubicMeter", 1.0),
    ("CubicMicrometer", 1e-18),
    ("CubicMile", 4168181825.44058),
    ("CubicMillimeter", 1e-09),
    ("CubicYard", 0.764554858),
    ("Decaliter", 0.01),
    ("DecausGallon", 0.03785411784),
    ("Deciliter", 0.0001),
    ("DeciusGallon", 0.00037854117840000005),
    ("HectocubicFoot", 2.8316846592),
    ("HectocubicMeter", 100.0),
    ("Hectoliter", 0.1),
    ("HectousGallon", 0.3785411784),
    ("ImperialBeerBarrel", 0.16365924),
    ("ImperialGallon", 0.00454609),
    ("ImperialOunce", 2.84130624999629e-05),
    ("ImperialPint", 0.00056826125),
    ("KilocubicFoot", 28.316846592),
    ("KilocubicMeter", 1000.0),
    ("KiloimperialGallon", 4.54609),
    ("Kiloliter", 1.0),
    ("KilousGallon", 3.7854117840000003),
    ("Liter", 0.001),
    ("MegacubicFoot", 28316.846592),
    ("MegaimperialGallon", 4546.09),
    ("Megaliter", 1000.0),
    ("MegausGallon", 3785.4117840000004),
    ("MetricCup", 0.00025),
    ("MetricTeaspoon", 5e-06),
    ("Microliter", 1e-09),
    ("Milliliter", 1e-06),
    ("OilBarrel", 0.158987294928),
    ("UkTablespoon", 1.5e-05),
    ("UsBeerBarrel", 0.1173477658),
    ("UsCustomaryCup", 0.0002365882365),
    ("UsGallon", 0.003785411784),
    ("UsLegalCup", 0.00024),
    ("UsOunce", 2.9573529562537606e-05),
    ("UsPint", 0.000473176473),
    ("UsQuart", 0.000946352946),
    ("UsTablespoon", 1.478676478125e-05),
    ("UsTeaspoon", 4.92892159375e-06),
];

#[cfg(test)]
mod tests {
    use super::*;

    fn convert(of: fn(&[Value]) -> Value, number: f64, from: &str, to: &str) -> Value {
        of(&[Value::Real(number), Value::string(from), Value::string(to)])
    }

    #[test]
    fn every_scale_of_temperature_agrees_on_boiling_water() {
        let scales = [
            ("DegreeCelsius", 100.0),
            ("DegreeDelisle", 0.0),
            ("DegreeFahrenheit", 212.0),
            ("DegreeNewton", 33.0),
            ("DegreeRankine", 671.67),
            ("DegreeReaumur", 80.0),
            ("DegreeRoemer", 60.0),
            ("MillidegreeCelsius", 100_000.0),
        ];
        for (scale, boiling) in scales {
            let found = convert(temperature, 373.15, "Kelvin", scale).as_f64().unwrap();
            assert!((found - boiling).abs() < 1e-9, "{scale}: {found}");
        }
    }

    #[test]
    fn a_unit_that_is_none_gives_null() {
        assert!(convert(|v| converted(v, LENGTHS), 1.0, "Meter", "Gram").is_null());
    }
}
