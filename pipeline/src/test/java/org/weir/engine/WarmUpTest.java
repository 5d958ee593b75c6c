package org.weir.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTimeout;

import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.weir.simd.CounterRandom;
import org.weir.stage.Dropout;
import org.weir.stage.Recipe;
import org.weir.stage.Rescale;
import org.weir.stage.Scope;
import org.weir.stage.SignElection;
import org.weir.stage.TileOp;
import org.weir.stage.Trim;
import org.weir.stage.WeightedSum;

class WarmUpTest {
    private static final List<Double> WEIGHTS = List.of(0.5, 1.0, -1.0);

    static Stream<Arguments> recipes() {
        TileOp trim = new Trim(0.2, false, Scope.TENSOR);
        TileOp dropout = new Dropout(0.3, CounterRandom.of(1, 2, "tensor"));
        Recipe sum = Recipe.ofDeltas(new WeightedSum(WEIGHTS, 1));
        Recipe election = Recipe.ofDeltas(new SignElection(WEIGHTS, true));
        return Stream.of(
                Arguments.of("average", Recipe.ofWeights(new WeightedSum(WEIGHTS, 3)), 1),
                Arguments.of("task arithmetic", sum.scaled(0.4), 1),
                Arguments.of("DARE", sum.each(expert -> List.of(dropout)), 1),
                Arguments.of("TIES", election.each(expert -> List.of(trim)), 2),
                Arguments.of("TIES of some", election.each(expert -> expert == 0 ? List.of() : List.of(trim)), 2),
                Arguments.of("rescaled TIES", election.each(expert -> List.of(new Rescale(trim))), 2));
    }

    /** The fused loops of every kind of recipe are met with what they take, and leaving them is a matter of seconds. */
    @ParameterizedTest(name = "{0}")
    @MethodSource("recipes")
    void runsTheLoopsOfEveryRecipe(String name, Recipe recipe, int loops) {
        assertTimeout(Duration.ofSeconds(20), () -> assertEquals(loops, WarmUp.warm(recipe), name));
    }
}
