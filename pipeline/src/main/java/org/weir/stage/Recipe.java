package org.weir.stage;

import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;

/**
 * How one output tensor is made: operations on each expert, a fold that joins them, a factor, and the base added back.
 *
 * @param operations for each expert what rewrites its strips before the fold sees them, in order
 * @param fold joins the experts
 * @param factor multiplies what the fold gives (mergekit's lambda)
 * @param ontoBase whether the result is added to the base
 */
public record Recipe(List<List<TileOp>> operations, Fold fold, double factor, boolean ontoBase) {

    public Recipe {
        List<List<TileOp>> chains = new ArrayList<>(operations.size()); // no stream: there is a recipe for every tensor
        operations.forEach(chain -> chains.add(List.copyOf(chain)));
        operations = List.copyOf(chains);
        if (operations.size() != fold.experts()) {
            throw new IllegalArgumentException(
                    "operations for " + operations.size() + " experts, a fold of " + fold.experts());
        }
    }

    /** Merges the tensors themselves. */
    public static Recipe ofWeights(Fold fold) {
        return new Recipe(each(fold, expert -> List.of()), fold, 1, false);
    }

    /** Merges the differences to the base, and adds the result to the base. */
    public static Recipe ofDeltas(Fold fold) {
        return new Recipe(each(fold, expert -> List.of(new Delta())), fold, 1, true);
    }

    /** Like {@link #ofDeltas}, but that the operations see the experts themselves and take the differences. */
    public static Recipe ofDifferences(Fold fold, IntFunction<List<TileOp>> operations) {
        return new Recipe(each(fold, operations), fold, 1, true);
    }

    /** With further operations for each expert, after those that it has. */
    public Recipe each(IntFunction<List<TileOp>> further) {
        return new Recipe(
                each(fold, expert -> joined(operations.get(expert), further.apply(expert))), fold, factor, ontoBase);
    }

    /** With the fold's result multiplied. */
    public Recipe scaled(double by) {
        return new Recipe(operations, fold, by, ontoBase);
    }

    /** Readings of the inputs before the one that makes the output, as {@link TileOp#sweeps} says. */
    public int sweeps(boolean valuesRepeat, long elements, int maxTableEntries) {
        int most = 0;
        for (List<TileOp> chain : operations) {
            int ofChain = 0;
            for (TileOp operation : chain) {
                ofChain += operation.sweeps(valuesRepeat, elements, maxTableEntries);
            }
            most = Math.max(most, ofChain);
        }
        return most + fold.sweeps(valuesRepeat, elements, maxTableEntries);
    }

    /** What surveys keep of a tensor: bytes beside tables and lanes, and beside 16 per block and expert. */
    public long surveyBytes(long elements) {
        long bytes = fold.surveyBytes(elements);
        for (List<TileOp> chain : operations) {
            for (TileOp operation : chain) {
                bytes += operation.surveyBytes(elements);
            }
        }
        return bytes;
    }

    /** Whether one of its stages does, see {@link Stage#hasLargeLoops}. */
    public boolean hasLargeLoops() {
        return fold.hasLargeLoops() || operations.stream().flatMap(List::stream).anyMatch(Stage::hasLargeLoops);
    }

    private static List<List<TileOp>> each(Fold fold, IntFunction<List<TileOp>> operations) {
        List<List<TileOp>> all = new ArrayList<>(fold.experts());
        for (int expert = 0; expert < fold.experts(); expert++) {
            all.add(operations.apply(expert));
        }
        return all;
    }

    private static List<TileOp> joined(List<TileOp> first, List<TileOp> then) {
        List<TileOp> all = new ArrayList<>(first);
        all.addAll(then);
        return all;
    }
}
