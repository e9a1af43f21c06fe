//! The least of a linear function under linear constraints, exactly: the simplex method on a dictionary.
//!
//! Two phases, and Bland's rule, under which no dictionary comes twice, so that it ends. Chvátal, *Linear Programming*,
//! chapters 2, 3 and 8.

use super::ratio::Ratio;

/// Minimise `objective · x` where every `row · x` is at most its bound and no `x` is below zero.
pub(super) struct Program {
    pub(super) objective: Vec<Ratio>,
    pub(super) rows: Vec<(Vec<Ratio>, Ratio)>,
}

/// What comes out.
pub(super) enum Least {
    /// No `x` satisfies all constraints.
    Infeasible,
    /// It has no end; an `x` from which on it falls.
    Unbounded { from: Vec<Ratio> },
    /// The least, and an `x` that has it.
    At { least: Ratio, x: Vec<Ratio> },
}

/// After so many steps it gives up.
const MOST_STEPS: usize = 500;

impl Program {
    /// `None` when numbers outgrow 128 bits, or after too many steps.
    pub(super) fn least(&self) -> Option<Least> {
        let mut dictionary = Dictionary::of(self)?;
        if !dictionary.begin()? {
            return Some(Least::Infeasible);
        }
        let bounded = dictionary.descend(dictionary.objective())?;
        let x = dictionary.x(self.objective.len());
        Some(match bounded {
            true => Least::At { least: dictionary.rows[dictionary.objective()].1, x },
            false => Least::Unbounded { from: x },
        })
    }
}

/// Every basic variable, and both objectives, as a constant less a sum over the other variables.
struct Dictionary {
    /// The variable of each row. The two objectives behind them have none.
    basic: Vec<usize>,
    /// The variable of each column.
    others: Vec<usize>,
    rows: Vec<(Vec<Ratio>, Ratio)>,
    /// The variable that makes up for what constraints are not met by.
    makeup: usize,
}

impl Dictionary {
    fn of(program: &Program) -> Option<Self> {
        let (width, height) = (program.objective.len(), program.rows.len());
        let makeup = width + height;
        let minus_one = Ratio::ONE.negated()?;
        let with = |row: &Vec<Ratio>, makeup| row.iter().copied().chain([makeup]).collect::<Vec<_>>();
        let mut rows: Vec<_> = program.rows.iter().map(|(row, bound)| (with(row, minus_one), *bound)).collect();
        let falls: Option<Vec<Ratio>> = program.objective.iter().map(|it| it.negated()).collect();
        rows.push((with(&falls?, Ratio::ZERO), Ratio::ZERO));
        rows.push((with(&vec![Ratio::ZERO; width], minus_one), Ratio::ZERO));
        Some(Self { basic: (width..makeup).collect(), others: (0..width).chain([makeup]).collect(), rows, makeup })
    }

    fn objective(&self) -> usize {
        self.basic.len()
    }

    /// Finds a dictionary in which all constraints hold; false when there is none.
    fn begin(&mut self) -> Option<bool> {
        let mut worst: Option<usize> = None;
        for row in 0..self.basic.len() {
            let bound = self.rows[row].1;
            let is_worse = match worst {
                Some(worst) => bound.is_less(self.rows[worst].1)?,
                None => bound.is_negative(),
            };
            if is_worse {
                worst = Some(row);
            }
        }
        let made_up = self.objective() + 1;
        if let Some(worst) = worst {
            self.pivot(worst, self.others.len() - 1)?;
            self.descend(made_up)?;
            if self.rows[made_up].1.is_positive() {
                return Some(false);
            }
        }
        // The makeup is zero now. It leaves, and never comes back.
        if let Some(row) = self.basic.iter().position(|it| *it == self.makeup)
            && let Some(column) = self.rows[row].0.iter().position(|it| !it.is_zero())
        {
            self.pivot(row, column)?;
        }
        if let Some(column) = self.others.iter().position(|it| *it == self.makeup) {
            self.others.remove(column);
            for (row, _) in &mut self.rows {
                row.remove(column);
            }
        }
        Some(true)
    }

    /// Goes down to the least of an objective; false when there is no end.
    fn descend(&mut self, objective: usize) -> Option<bool> {
        for _ in 0..MOST_STEPS {
            let falling = (0..self.others.len()).filter(|column| self.rows[objective].0[*column].is_positive());
            let Some(column) = falling.min_by_key(|column| self.others[*column]) else { return Some(true) };
            let Some(row) = self.first_to_end(column)? else { return Some(false) };
            self.pivot(row, column)?;
        }
        None
    }

    /// The row that first comes to zero when the variable of the column grows.
    fn first_to_end(&self, column: usize) -> Option<Option<usize>> {
        let mut first: Option<(usize, Ratio)> = None;
        for row in 0..self.basic.len() {
            let (coefficients, bound) = &self.rows[row];
            if !coefficients[column].is_positive() {
                continue;
            }
            let end = bound.over(coefficients[column])?;
            let is_first = match first {
                Some((other, other_end)) => {
                    end.is_less(other_end)? || end == other_end && self.basic[row] < self.basic[other]
                }
                None => true,
            };
            if is_first {
                first = Some((row, end));
            }
        }
        Some(first.map(|(row, _)| row))
    }

    /// Lets the variable of the column take the place of that of the row.
    fn pivot(&mut self, row: usize, column: usize) -> Option<()> {
        let by = self.rows[row].0[column];
        let (coefficients, bound) = &self.rows[row];
        let mut solved = Vec::with_capacity(coefficients.len());
        for (nth, coefficient) in coefficients.iter().enumerate() {
            solved.push(if nth == column { Ratio::ONE.over(by)? } else { coefficient.over(by)? });
        }
        let solved_bound = bound.over(by)?;
        for (nth, (coefficients, bound)) in self.rows.iter_mut().enumerate() {
            let times = coefficients[column];
            if nth == row || times.is_zero() {
                continue;
            }
            for (place, coefficient) in coefficients.iter_mut().enumerate() {
                let before = if place == column { Ratio::ZERO } else { *coefficient };
                *coefficient = before.minus(times.times(solved[place])?)?;
            }
            *bound = bound.minus(times.times(solved_bound)?)?;
        }
        self.rows[row] = (solved, solved_bound);
        core::mem::swap(&mut self.basic[row], &mut self.others[column]);
        Some(())
    }

    fn x(&self, width: usize) -> Vec<Ratio> {
        let mut x = vec![Ratio::ZERO; width];
        for (row, variable) in self.basic.iter().enumerate() {
            if *variable < width {
                x[*variable] = self.rows[row].1;
            }
        }
        x
    }
}
