package org.weir.plan;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.weir.method.Param;

final class ScalarReaderTest {
    private static final Param NUMBER = Param.perExpert("weight");
    private static final Param FLAG = Param.flag("normalize", true);
    private static final Param CHOICE = Param.choice("rescale", "true", "l1", "false");
    private static final Param WORDS = Param.choice("trim_scope", "tensor", "model");

    @ParameterizedTest
    @CsvSource({
        "0.5, 0.5",
        "1, 1",
        "-1, -1",
        "+2, 2",
        ".5, 0.5",
        "5., 5",
        "1e-3, 0.001",
        "1E+2, 100",
        "-.5e1, -5",
        "0, 0",
        "0.10, 0.1",
        "00.5, 0.5",
        "true, 1",
        "True, 1",
        "FALSE, 0",
    })
    void numbersAreYamlsAndBooleansAreOneAndZero(String word, double value) {
        assertEquals(OptionalDouble.of(value), plain(NUMBER, word));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "yes",
                "on",
                "1_000",
                "017",
                "-017",
                "00",
                "0x10",
                "0o17",
                "12:30",
                "1,5",
                ".",
                "-",
                "1e",
                "e5",
                ".inf",
                "-.inf",
                ".nan",
                ".NaN",
                "inf",
                "nan",
                "NaN",
                "Infinity",
                "1e999",
                "1f",
                "0.5d",
                "0x1p3",
                "1 2",
                "l1",
                "tRUE",
                "\u0661"
            })
    void otherWordsAreNoNumbers(String word) {
        assertEquals(OptionalDouble.empty(), plain(NUMBER, word));
        assertEquals(OptionalDouble.empty(), quoted(NUMBER, word));
    }

    @Test
    void quotesDoNotHideANumberButABoolean() {
        assertEquals(OptionalDouble.of(0.5), quoted(NUMBER, "0.5"));
        assertEquals(OptionalDouble.of(0.5), quoted(NUMBER, " 0.5 "));
        assertEquals(OptionalDouble.empty(), quoted(NUMBER, "true"));
        assertEquals(OptionalDouble.empty(), quoted(NUMBER, ""));
    }

    @Test
    void numbersOutOfRangeAreRefused() {
        Param density = Param.perExpert("density", 1).above(0);
        assertEquals(OptionalDouble.empty(), plain(density, "0"));
        assertEquals(OptionalDouble.empty(), plain(density, "-0.0"));
        assertEquals(OptionalDouble.of(1.7), plain(density, "1.7"));
        Param probability = Param.global("p", 1).within(0, 1);
        assertEquals(OptionalDouble.of(0), plain(probability, "0"));
        assertEquals(OptionalDouble.of(1), plain(probability, "1"));
        assertEquals(OptionalDouble.empty(), plain(probability, "1.0000001"));
    }

    @ParameterizedTest
    @CsvSource({"true, 1", "FALSE, 0", "1, 1", "0, 0", "0.0, 0", "-2.5, 1"})
    void aFlagIsABooleanOrWhetherANumberIsNotZero(String word, double value) {
        assertEquals(OptionalDouble.of(value), plain(FLAG, word));
    }

    @ParameterizedTest
    @ValueSource(strings = {"yes", "no", "on", "off", "y", "l1", "1e999", ".nan"})
    void yesIsNoFlag(String word) {
        assertEquals(OptionalDouble.empty(), plain(FLAG, word));
        assertEquals("found '" + word + "', expected true or false", refusal(FLAG, word));
    }

    @ParameterizedTest
    @CsvSource({"true, 0", "True, 0", "1, 0", "1.0, 0", "l1, 1", "false, 2", "0, 2", "FALSE, 2"})
    void aChoiceIsAWordOrABooleanOrItsNumber(String word, double value) {
        assertEquals(OptionalDouble.of(value), plain(CHOICE, word));
    }

    @Test
    void aChoiceMayStandInQuotes() {
        assertEquals(OptionalDouble.of(0), quoted(CHOICE, "true"));
        assertEquals(OptionalDouble.of(1), quoted(CHOICE, "l1"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"L1", "2", "0.5", "l2", "yes"})
    void otherWordsAreNoChoice(String word) {
        assertEquals(OptionalDouble.empty(), plain(CHOICE, word));
        assertEquals("found '" + word + "', expected one of true, l1, false", refusal(CHOICE, word));
    }

    @Test
    void booleansAreNoChoiceWhereTheyAreNotListed() {
        assertEquals(OptionalDouble.of(1), plain(WORDS, "model"));
        assertEquals(OptionalDouble.empty(), plain(WORDS, "true"));
        assertEquals(OptionalDouble.empty(), plain(WORDS, "0"));
    }

    @Test
    void saysWhatWasExpected() {
        assertEquals("found 'yes', expected a finite number", refusal(NUMBER, "yes"));
        assertEquals(
                "found '0', expected a number above 0",
                refusal(Param.perExpert("density", 1).above(0), "0"));
        assertEquals(
                "found '2', expected a number of at least 0 and at most 0.5",
                refusal(Param.global("p", 0).within(0, 0.5), "2"));
        assertEquals(
                "found '017', expected a finite number"
                        + " (without leading zeros: YAML 1.1 reads them as octal, YAML 1.2 does not)",
                refusal(NUMBER, "017"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"1e39", "-3.5e38", "1e-46"})
    void refusesWhatArithmeticWouldTakeForInfinityOrNothing(String word) {
        assertEquals(
                "found '" + word + "', expected a finite number that f32 can hold, since all arithmetic is f32",
                refusal(NUMBER, word));
        assertEquals(OptionalDouble.empty(), plain(NUMBER, word));
    }

    private static OptionalDouble plain(Param param, String word) {
        return ScalarReader.read(param, new Setting.Scalar(word, true, 1));
    }

    private static OptionalDouble quoted(Param param, String word) {
        return ScalarReader.read(param, new Setting.Scalar(word, false, 1));
    }

    private static String refusal(Param param, String word) {
        return ScalarReader.refusal(param, new Setting.Scalar(word, true, 1));
    }
}
