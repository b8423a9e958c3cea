//! A flag for each setting of a run, made of the description that the library has of it.

use clap::{Arg, ArgAction, ArgMatches, Args, Command, FromArgMatches, value_parser};
use sbert::Error;
use sbert::train::{SETTINGS, Setting, TrainConfig, ValueRange};

/// The settings that were given.
pub struct SettingFlags {
    given: Vec<(&'static Setting, f64)>,
}

impl SettingFlags {
    /// Write them over those of `config`.
    pub fn write_to(&self, config: &mut TrainConfig) -> Result<(), Error> {
        self.given.iter().try_for_each(|(setting, value)| setting.set(config, *value))
    }
}

fn is_switch(setting: &Setting) -> bool {
    setting.range == ValueRange::Switch
}

fn argument(setting: &Setting) -> Arg {
    let argument = Arg::new(setting.name).long(setting.flag());
    if is_switch(setting) {
        return argument.action(ArgAction::SetTrue).help(format!("Turn this off: {}", setting.help));
    }
    let default = (setting.get)(&TrainConfig::default());
    argument
        .value_name(setting.unit.to_uppercase())
        .value_parser(value_parser!(f64))
        .help(format!("{} Use {} [default: {default}]", setting.help, setting.range))
}

impl Args for SettingFlags {
    fn augment_args(command: Command) -> Command {
        command.args(SETTINGS.iter().map(argument))
    }

    fn augment_args_for_update(command: Command) -> Command {
        Self::augment_args(command)
    }
}

impl FromArgMatches for SettingFlags {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, clap::Error> {
        let value = |setting: &Setting| match is_switch(setting) {
            true => matches.get_flag(setting.name).then_some(0.0),
            false => matches.get_one::<f64>(setting.name).copied(),
        };
        Ok(Self { given: SETTINGS.iter().filter_map(|setting| Some((setting, value(setting)?))).collect() })
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), clap::Error> {
        *self = Self::from_arg_matches(matches)?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(arguments: &[&str]) -> Result<TrainConfig, String> {
        let command = SettingFlags::augment_args(Command::new("train").no_binary_name(true));
        let matches = command.try_get_matches_from(arguments).map_err(|error| error.to_string())?;
        let mut config = TrainConfig::default();
        let flags = SettingFlags::from_arg_matches(&matches).unwrap();
        flags.write_to(&mut config).map_err(|error| error.to_string())?;
        Ok(config)
    }

    #[test]
    fn every_flag_reaches_its_setting() {
        assert_eq!(parsed(&[]).unwrap(), TrainConfig::default());
        let given = "--epochs 2 --batch-size 8 --lr 1e-3 --head-lr 0.5 --warmup 0.2 --weight-decay 0.1 --clip 0 \
            --classification-weight 2 --regression-weight 3 --dropout 0.3 --seed 4294967295 --no-shuffle";
        let expect = TrainConfig {
            epochs: 2,
            batch_size: 8,
            learning_rate: 1e-3,
            head_learning_rate: 0.5,
            warmup_fraction: 0.2,
            weight_decay: 0.1,
            max_gradient_norm: 0.0,
            classification_weight: 2.0,
            regression_weight: 3.0,
            dropout: 0.3,
            seed: u32::MAX,
            shuffle: false,
            ..TrainConfig::default()
        };
        assert_eq!(parsed(&given.split_whitespace().collect::<Vec<_>>()).unwrap(), expect);
    }

    #[test]
    fn a_value_out_of_range_is_refused_with_the_range() {
        let check = |flag: &str, value: &str, expect: &str| {
            let message = parsed(&[flag, value]).unwrap_err();
            assert!(message.contains(expect), "{message}");
        };
        check("--epochs", "5000000000", "epochs is 5000000000; use a whole number from 1 to 1000");
        check("--epochs", "1.5", "epochs is 1.5; use a whole number");
        check("--batch-size", "268435456", "use a whole number from 1 to 1024");
        check("--seed", "4294967296", "seed is 4294967296");
        check("--lr", "NaN", "learning_rate is NaN");
        check("--dropout", "1", "use a number from 0 to below 1");
        check("--lr", "fast", "invalid value 'fast' for '--lr <NUMBER>'");
    }

    #[test]
    fn the_help_says_what_a_setting_is_its_range_and_its_default() {
        let help = SettingFlags::augment_args(Command::new("train")).render_long_help().to_string();
        for expect in [
            "--batch-size <PAIRS>",
            "Pairs in a step. Use a whole number from 1 to 1024 [default: 16]",
            "--no-shuffle",
            "Turn this off: Shuffle the pairs",
        ] {
            assert!(help.contains(expect), "{expect} is not in\n{help}");
        }
    }
}
