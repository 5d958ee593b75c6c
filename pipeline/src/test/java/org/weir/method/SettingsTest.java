package org.weir.method;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.weir.simd.CounterRandom;

final class SettingsTest {
    private static final Param WEIGHT = Param.perExpert("weight");
    private static final Param DENSITY = Param.perExpert("density", 1);
    private static final Param LAMBDA = Param.global("lambda", 1);
    private static final Param NORMALIZE = Param.flag("normalize", true);
    private static final Param RESCALE = Param.choice("rescale", "true", "l1", "false");
    private static final List<Param> ALL = List.of(WEIGHT, DENSITY, LAMBDA, NORMALIZE, RESCALE);

    @Test
    void holdsWhatIsGivenAndElseTheDefaults() {
        Settings settings = settings(Map.of("weight", new double[] {0.1, 0.9}, "rescale", new double[] {1}));
        assertEquals(List.of(0.1, 0.9), settings.all(WEIGHT));
        assertEquals(0.9, settings.get(WEIGHT, 1));
        assertEquals(List.of(1.0, 1.0), settings.all(DENSITY));
        assertEquals(1, settings.get(LAMBDA));
        assertTrue(settings.flag(NORMALIZE));
        assertEquals("l1", settings.choice(RESCALE));
    }

    @Test
    void whatItWasMadeOfDoesNotChangeIt() {
        double[] weights = {0.1, 0.9};
        Settings settings = settings(Map.of("weight", weights));
        weights[0] = 7;
        assertEquals(List.of(0.1, 0.9), settings.all(WEIGHT));
    }

    @Test
    void refusesAConfigThatWasNotChecked() {
        assertThrows(IllegalArgumentException.class, () -> settings(Map.of()), "weight is required");
        assertThrows(IllegalArgumentException.class, () -> settings(Map.of("weight", new double[3])));
        assertThrows(
                IllegalArgumentException.class,
                () -> settings(Map.of("weight", new double[2], "lambda", new double[2])));
        assertThrows(
                IllegalArgumentException.class,
                () -> settings(Map.of("weight", new double[2], "gamma", new double[1])));
    }

    @Test
    void refusesQuestionsThatTheMethodDidNotDeclare() {
        Settings settings = settings(Map.of("weight", new double[2]));
        assertThrows(IllegalArgumentException.class, () -> settings.get(Param.global("gamma", 1)));
        assertThrows(IllegalArgumentException.class, () -> settings.get(WEIGHT));
        assertThrows(IllegalArgumentException.class, () -> settings.get(LAMBDA, 0));
        assertThrows(IllegalArgumentException.class, () -> settings.get(NORMALIZE));
        assertThrows(IllegalArgumentException.class, () -> settings.flag(RESCALE));
        assertThrows(IllegalArgumentException.class, () -> settings.choice(LAMBDA));
    }

    @Test
    void randomBitsDependOnSeedExpertAndTensor() {
        Settings settings = settings(Map.of("weight", new double[2]));
        assertEquals(bits(CounterRandom.of(42, 1, "t")), bits(settings.random(1)));
        assertNotEquals(bits(settings.random(0)), bits(settings.random(1)));
        assertFalse(bits(settings.random(0)).isEmpty());
    }

    private static List<Boolean> bits(CounterRandom random) {
        long half = CounterRandom.keep48(0.5);
        return IntStream.range(0, 64).mapToObj(i -> random.keeps(i, half)).toList();
    }

    private static Settings settings(Map<String, double[]> given) {
        return new Settings(ALL, "t", 42, 2, given);
    }
}
