package org.weir.stage;

import java.util.Optional;
import org.weir.simd.Kernels;

/**
 * An {@link EnergySum} that does not know its places and weights yet: first how many places differ between the experts,
 * then which of them differ most, then the experts' energies in these.
 *
 * @param experts how many
 * @param share of the places where the experts differ at all to be selected; 1 and more selects all places
 * @param selection what cuts the variance of places that are not selected, as far as it is known
 */
public record EnergySearch(int experts, double share, Optional<TileOp> selection) implements Fold {

    /** Selects places and weighs experts by what the tensor holds. */
    public static EnergySearch of(int experts, double share) {
        return new EnergySearch(experts, share, Optional.empty());
    }

    @Override
    public boolean hasLargeLoops() {
        return true;
    }

    @Override
    public int lanes() {
        return EnergySum.FIRST_DELTA + experts;
    }

    @Override
    public boolean ready() {
        return false;
    }

    @Override
    public JointSurvey survey(Extent extent, int maxTableEntries) {
        if (share < 1 && selection.isEmpty()) {
            return new OfVariance(experts, new NonZeros());
        }
        return selection.isPresent() && !selection.get().ready()
                ? new OfVariance(experts, selection.get().survey(extent, maxTableEntries))
                : new Energies(experts, selection, extent);
    }

    @Override
    public Fold measured(JointSurvey survey) {
        return switch (survey) {
            case OfVariance variance
            when variance.survey() instanceof NonZeros differing -> selecting(select(places(differing.count())));
            case OfVariance variance -> selecting(selection.orElseThrow().measured(variance.survey()));
            case Energies energies -> new EnergySum(energies.shares(), selection);
            case Overlaps _, TensorProducts _, VectorwiseProducts _ ->
                throw new IllegalArgumentException("a survey of another fold");
        };
    }

    /** How many places are selected: a product in f32, as in mergekit, so that 0.7 of 90 are 63 and not 62.999. */
    private long places(long differing) {
        return Math.min((long) ((float) share * (float) differing), differing);
    }

    private static TileOp select(long places) {
        return places == 0 ? TrimAt.keepingNothing() : new TrimTo(places, false, Scope.TENSOR);
    }

    private EnergySearch selecting(TileOp places) {
        return new EnergySearch(experts, share, Optional.of(places));
    }

    @Override
    public int sweeps(boolean valuesRepeat, long elements, int maxTableEntries) {
        int selecting = 1 + new TrimTo(1, false, Scope.TENSOR).sweeps(false, elements, maxTableEntries);
        return share < 1 ? selecting + 1 : 1;
    }

    @Override
    public void begin(float[][] lanes, int n) {
        throw new IllegalStateException("the energies are not known yet");
    }

    @Override
    public void accept(int expert, Strip strip, float[][] lanes, Kernels kernels) {
        throw new IllegalStateException("the energies are not known yet");
    }

    @Override
    public void finish(Strip place, float[][] lanes, Kernels kernels) {
        throw new IllegalStateException("the energies are not known yet");
    }

    @Override
    public String label() {
        return EnergySum.LABEL;
    }
}
