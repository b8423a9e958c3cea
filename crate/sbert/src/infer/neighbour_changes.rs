//! Whose neighbours training has changed: the nearest neighbours of each sentence by one model and by another.

use super::principal_axes::UnitEmbeddings;

/// Neighbours that count as near.
pub const N_NEIGHBOURS: usize = 10;
/// Cosines that are computed in one piece of work, some tens of milliseconds at d_model 384.
const COSINES_PER_PIECE: usize = 200_000;

/// The comparison of two models by the neighbours of the same sentences, a piece of work at a time.
pub struct NeighbourChanges {
    models: [UnitEmbeddings; 2],
    changes: Vec<f32>,
    /// Room for the cosines of a piece.
    cosines: Vec<f32>,
}

impl NeighbourChanges {
    /// Compare two models by their embeddings of the same sentences.
    pub fn new(before: UnitEmbeddings, after: UnitEmbeddings) -> Self {
        Self { models: [before, after], changes: Vec::new(), cosines: Vec::new() }
    }

    /// Compare the neighbours of the next sentences; `false` if there was none left.
    pub fn advance(&mut self) -> bool {
        let (first, n_sentences) = (self.changes.len(), self.models[0].n_sentences());
        let n_rows = (COSINES_PER_PIECE / n_sentences.max(1)).max(1).min(n_sentences - first);
        if n_rows == 0 {
            return false;
        }
        let [before, after] = &self.models;
        let [before, after] = [before, after].map(|model| {
            model.cosines(first, n_rows, &mut self.cosines);
            let rows = self.cosines.chunks_exact(n_sentences).enumerate();
            rows.map(|(row, cosines)| nearest(cosines, first + row)).collect::<Vec<_>>()
        });
        self.changes.extend(before.iter().zip(&after).map(|(before, after)| {
            let n_lost = before.iter().filter(|neighbour| !after.contains(neighbour)).count();
            n_lost as f32 / before.len().max(1) as f32
        }));
        true
    }

    /// Of each sentence, the share of its nearest neighbours by the first model that are none by the second, 0 to 1.
    pub fn finish(self) -> Vec<f32> {
        self.changes
    }
}

/// The sentences of the largest cosines, but for the sentence itself; of equal ones the first.
fn nearest(cosines: &[f32], sentence: usize) -> Vec<usize> {
    let mut others: Vec<usize> = (0..cosines.len()).filter(|&other| other != sentence).collect();
    let nearer = |a: &usize, b: &usize| cosines[*b].total_cmp(&cosines[*a]).then(a.cmp(b));
    if others.len() > N_NEIGHBOURS {
        others.select_nth_unstable_by(N_NEIGHBOURS, nearer);
        others.truncate(N_NEIGHBOURS);
    }
    others
}

#[cfg(test)]
mod tests {
    use super::*;

    fn changes(before: &[[f32; 2]], after: &[[f32; 2]]) -> Vec<f32> {
        let of = |values: &[[f32; 2]]| UnitEmbeddings::new(values.concat(), 2);
        let mut changes = NeighbourChanges::new(of(before), of(after));
        while changes.advance() {}
        changes.finish()
    }

    /// Places on the unit circle, by their angles in degrees.
    fn at(angles: impl IntoIterator<Item = f32>) -> Vec<[f32; 2]> {
        angles.into_iter().map(|angle| [angle.to_radians().cos(), angle.to_radians().sin()]).collect()
    }

    #[test]
    fn the_share_of_neighbours_that_were_replaced_is_counted() {
        // Twenty-two sentences a degree apart. The first moves to the far end: all of its ten neighbours are others, and
        // it is lost to those that it was near, which have one of ten others.
        let before = at((0..22).map(|n| n as f32));
        let after = at([30.0].into_iter().chain((1..22).map(|n| n as f32)));
        let changes = changes(&before, &after);
        assert_eq!(changes[0], 1.0);
        assert_eq!(changes[1..=5], [0.1; 5]);
        assert_eq!(changes[10], 0.0);
    }

    #[test]
    fn nothing_changes_where_nothing_moves_or_all_others_are_neighbours() {
        assert_eq!(changes(&at([0.0, 5.0, 9.0]), &at([40.0, 0.0, 20.0])), [0.0; 3]);
        assert_eq!(changes(&at([0.0]), &at([1.0])), [0.0]);
        assert_eq!(changes(&[], &[]), [0.0; 0]);
    }
}
