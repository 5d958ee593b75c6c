package org.weir.method;

import java.util.List;
import org.weir.stage.Band;
import org.weir.stage.Rescale;
import org.weir.stage.TileOp;

/** Model Breadcrumbs' mask (arXiv:2312.06795), what {@link Breadcrumbs} and {@link BreadcrumbsTies} do to each delta. */
final class Crumbs {

    static final Param DENSITY = Param.perExpert("density", 1)
            .above(0)
            .help("share of the delta's entries to keep, at least one; 1 and more keeps all, outliers too");
    static final Param GAMMA = Param.perExpert("gamma", 0.01)
            .within(0, 1)
            .help("share of the delta's entries to drop as outliers, the largest ones");
    static final String DIFFERENCE =
            "f32 arithmetic; a tensor too small to have an outlier (gamma·n below 1) loses none, in mergekit its whole "
                    + "delta; equal magnitudes at the cuts stay lowest index first; a tensor too small for its density "
                    + "keeps one entry.";

    private Crumbs() {}

    static List<TileOp> mask(Settings s, int expert) {
        double density = s.get(DENSITY, expert);
        long elements = s.elements();
        if (density >= 1 || elements == 0) {
            return List.of();
        }
        long kept = Math.max(1, (long) (density * elements));
        return Band.of(elements, kept, (long) (s.get(GAMMA, expert) * elements))
                .map(mask -> s.flag(Ties.RESCALE) ? new Rescale(mask) : mask)
                .stream()
                .toList();
    }
}
