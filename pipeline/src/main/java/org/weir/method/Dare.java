package org.weir.method;

import java.util.List;
import org.weir.stage.Dropout;
import org.weir.stage.Rescale;
import org.weir.stage.Rescaled;
import org.weir.stage.TileOp;

/** DARE's drop and rescale (arXiv:2311.03099), what {@link DareLinear} and {@link DareTies} do to each delta. */
final class Dare {

    static final Param DENSITY = Param.perExpert("density", 1)
            .above(0)
            .help("probability to keep an entry of the delta; 1 and more keeps all");
    static final Param RESCALE = Param.choice("rescale", "true", "l1", "false")
            .help(
                    "true: multiply by 1/density (the paper, unbiased); l1: restore the L1 norm over the tensor (mergekit)");
    static final String DIFFERENCE = "f32 arithmetic; `rescale: true` is the paper's 1/density, mergekit's L1 ratio is "
            + "`rescale: l1`, in f64 that does not overflow; the mask depends on seed, expert, tensor and element alone, never on threads or order.";

    private Dare() {}

    static List<TileOp> drop(Settings s, int expert) {
        double density = s.get(DENSITY, expert);
        if (density >= 1) {
            return List.of();
        }
        Dropout dropout = new Dropout(density, s.random(expert));
        return List.of(
                switch (s.choice(RESCALE)) {
                    case "true" -> new Rescaled(dropout, 1 / density);
                    case "l1" -> new Rescale(dropout);
                    default -> dropout;
                });
    }
}
