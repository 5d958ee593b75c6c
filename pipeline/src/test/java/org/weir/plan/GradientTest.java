package org.weir.plan;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.math.BigDecimal;
import java.math.MathContext;
import java.util.Collections;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

final class GradientTest {
    /** The points as a sum of hats: point i counts 1 - |m t - i| where that is positive. Exact up to the last rounding. */
    private static double byHats(List<Double> points, double t) {
        BigDecimal place = new BigDecimal(t).multiply(BigDecimal.valueOf(points.size() - 1));
        BigDecimal sum = BigDecimal.ZERO;
        for (int i = 0; i < points.size(); i++) {
            BigDecimal hat = BigDecimal.ONE.subtract(
                    place.subtract(BigDecimal.valueOf(i)).abs());
            sum = sum.add(hat.max(BigDecimal.ZERO).multiply(new BigDecimal(points.get(i))));
        }
        return sum.round(MathContext.DECIMAL64).doubleValue();
    }

    @Property
    void isTheSumOfItsHats(
            @ForAll @Size(min = 1, max = 9) List<@DoubleRange(min = -10, max = 10) Double> points,
            @ForAll @DoubleRange(min = 0, max = 1) double t) {
        assertEquals(byHats(points, t), new Gradient(points).at(t), 1e-12);
    }

    @Property
    void staysBetweenItsPoints(
            @ForAll @Size(min = 1, max = 9) List<@DoubleRange(min = -10, max = 10) Double> points,
            @ForAll @DoubleRange(min = 0, max = 1) double t) {
        double value = new Gradient(points).at(t);
        assertTrue(value >= Collections.min(points) - 1e-12 && value <= Collections.max(points) + 1e-12);
    }

    @Property
    void endsAtItsFirstAndLastPoint(
            @ForAll @Size(min = 1, max = 9) List<@DoubleRange(min = -10, max = 10) Double> points) {
        assertEquals(points.getFirst(), new Gradient(points).at(0));
        assertEquals(points.getLast(), new Gradient(points).at(1));
    }

    @Test
    void onePointIsTheSameEverywhereToTheLastBit() {
        for (int layer = 0; layer < 48; layer++) {
            assertEquals(0.1, new Gradient(List.of(0.1)).at(layer / 47.0));
        }
    }

    /** Bits of Python's float arithmetic, of the formula as mergekit writes it. */
    @Test
    void roundsAsMergekitDoes() {
        Gradient gradient = new Gradient(List.of(0.1, 0.9, 0.4));
        assertEquals(0.1, gradient.at(0));
        assertEquals(0.6333333333333333, gradient.at(1 / 3.0));
        assertEquals(0.6857142857142857, gradient.at(5 / 7.0));
        assertEquals(0.4, gradient.at(1));
    }

    @Test
    void needsAPoint() {
        assertThrows(IllegalArgumentException.class, () -> new Gradient(List.of()));
    }
}
