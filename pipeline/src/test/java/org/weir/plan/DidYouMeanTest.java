package org.weir.plan;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class DidYouMeanTest {
    private static final List<String> KNOWN = List.of("weight", "density", "lambda", "normalize", "t", "eps");

    @ParameterizedTest
    @CsvSource({
        "densty, density",
        "wieght, weight",
        "Weight, weight",
        "WEIGTH, weight",
        "weights, weight",
        "lamda, lambda",
        "normalise, normalize",
        "esp, eps",
        "lambada, lambda",
    })
    void findsTheWordThatWasMeant(String typed, String meant) {
        assertEquals(Optional.of(meant), DidYouMean.among(KNOWN, typed));
    }

    @ParameterizedTest
    @CsvSource({"gamma", "x", "w", "epsilon", "den", "''", "scale"})
    void doesNotGuessWildly(String typed) {
        assertEquals(Optional.empty(), DidYouMean.among(KNOWN, typed));
    }

    @Test
    void takesTheNearest() {
        assertEquals(Optional.of("models"), DidYouMean.among(List.of("model", "models", "modules"), "modelss"));
    }

    @Test
    void dashesAndUnderscoresAreTheSame() {
        assertEquals(Optional.of("base_model"), DidYouMean.among(List.of("base_model"), "base-model"));
    }

    @Test
    void doesNotCompareLongText() {
        String word = "x".repeat(41);
        assertEquals(Optional.empty(), DidYouMean.among(List.of(word), word));
    }

    @Test
    void asksOrSaysNothing() {
        assertEquals(Optional.of("did you mean 'weight'?"), DidYouMean.question(KNOWN, "weigth"));
        assertEquals(Optional.empty(), DidYouMean.question(KNOWN, "frobnicate"));
    }
}
