package org.weir.method;

import java.util.ArrayList;
import java.util.List;
import org.weir.stage.RowDropout;
import org.weir.stage.TileOp;

/** DELLA's drop and rescale (arXiv:2406.11617), what {@link Della} and {@link DellaLinear} do to each delta. */
final class MagPrune {

    static final Param DENSITY = Param.perExpert("density", 1)
            .above(0)
            .help("mean probability to keep an entry of the delta; 1 and more keeps all");
    static final Param EPSILON = Param.perExpert("epsilon", 0.15)
            .within(0, 0.5)
            .help(
                    "how far the probability goes below density for the smallest entry of a row, and above for the largest");
    static final Param RESCALE =
            Param.flag("rescale", true).help("divide what is kept by its probability (the paper, unbiased)");
    static final String DIFFERENCE =
            "f32 arithmetic and ranks; `rescale: true` is the paper's division by each entry's probability, mergekit's a "
                    + "ratio of L1 norms; a row is the last dimension, also of three; a row of one has the probability "
                    + "density; of equal magnitudes the first count as larger; in rows longer than half a million ÷ experts, "
                    + "magnitudes that are nearly equal share a rank; the mask depends on seed, expert, tensor and element "
                    + "alone.";

    private MagPrune() {}

    static List<TileOp> drop(Settings s, int expert) throws InvalidSettingsException {
        double density = s.get(DENSITY, expert);
        double epsilon = s.get(EPSILON, expert);
        if (density >= 1) {
            return List.of();
        }
        if (!(density - epsilon > 0 && density + epsilon < 1)) {
            throw new InvalidSettingsException("density " + density + " and epsilon " + epsilon
                    + " make probabilities that are not between 0 and 1; use an epsilon below "
                    + (float) Math.min(density, 1 - density));
        }
        return List.of(new RowDropout(density, epsilon, s.flag(RESCALE), s.random(expert), s.rowElements()));
    }

    /** For all experts. */
    static List<List<TileOp>> drops(Settings s) throws InvalidSettingsException {
        List<List<TileOp>> all = new ArrayList<>();
        for (int expert = 0; expert < s.experts(); expert++) {
            all.add(drop(s, expert));
        }
        return all;
    }
}
