package org.weir.method;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.weir.method.MethodInfo.BaseRole;

final class ParamTest {
    @Test
    void aNumberWithoutADefaultIsRequired() {
        assertTrue(Param.perExpert("weight").required());
        assertEquals(Param.perExpert("weight"), Param.perExpert("weight").asRequired());
        assertFalse(Param.perExpert("density", 1).required());
        assertTrue(Param.global("t", 0).asRequired().required());
    }

    @Test
    void saysItsDefaultAsAConfigWould() {
        assertEquals("1", Param.perExpert("density", 1).defaultText());
        assertEquals("0.15", Param.global("epsilon", 0.15).defaultText());
        assertEquals("true", Param.flag("normalize", true).defaultText());
        assertEquals("l1", Param.choice("rescale", "l1", "true").defaultText());
        assertEquals("", Param.perExpert("weight").defaultText());
    }

    @Test
    void acceptsWhatIsInRange() {
        Param above = Param.perExpert("density", 1).above(0);
        assertFalse(above.accepts(0));
        assertTrue(above.accepts(Float.MIN_VALUE));
        assertTrue(above.accepts(1.7));
        Param within = Param.global("p", 0).within(0, 1);
        assertTrue(within.accepts(0) && within.accepts(1));
        assertFalse(within.accepts(-Float.MIN_VALUE) || within.accepts(Math.nextUp(1.0)));
    }

    @Test
    void noNumberIsInfiniteOrNaN() {
        for (double value : new double[] {Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY}) {
            assertFalse(Param.perExpert("weight").accepts(value));
            assertFalse(Param.perExpert("density", 1).above(0).accepts(value));
        }
    }

    @Test
    void aFlagIsZeroOrOneAndAChoiceIsAPlace() {
        assertTrue(Param.flag("f", false).accepts(1));
        assertFalse(Param.flag("f", false).accepts(2));
        Param choice = Param.choice("c", "a", "b");
        assertTrue(choice.accepts(1));
        assertFalse(choice.accepts(2) || choice.accepts(0.5) || choice.accepts(-1) || choice.accepts(Double.NaN));
        assertEquals(OptionalInt.of(1), choice.placeOf("b"));
        assertEquals(OptionalInt.empty(), choice.placeOf("c"));
        assertEquals("b", choice.textOf(1));
    }

    @Test
    void saysWhatItAccepts() {
        assertEquals("a finite number", Param.perExpert("weight").accepted());
        assertEquals("a number above 0", Param.perExpert("d", 1).above(0).accepted());
        assertEquals(
                "a number above 0 and at most 1",
                Param.perExpert("d", 1).within(0, 1).above(0).accepted());
        assertEquals("true or false", Param.flag("f", true).accepted());
        assertEquals("one of a, b", Param.choice("c", "a", "b").accepted());
    }

    @Test
    void aDefaultOutOfRangeIsRefused() {
        assertThrows(
                IllegalArgumentException.class,
                () -> Param.perExpert("density", 0).above(0));
        assertThrows(IllegalArgumentException.class, () -> Param.global("p", 2).within(0, 1));
        assertThrows(IllegalArgumentException.class, () -> Param.global("p", Double.NaN));
        assertThrows(IllegalArgumentException.class, () -> Param.global("p", 0).within(1, 0));
        assertThrows(IllegalArgumentException.class, () -> Param.global("", 0));
    }

    @Test
    void whatIsIgnoredSaysWhy() {
        assertFalse(Param.flag("int8_mask", false).isIgnored());
        Param ignored = Param.flag("int8_mask", false).ignored("signs need no storage here");
        assertTrue(ignored.isIgnored());
        assertEquals("signs need no storage here", ignored.ignoredBecause());
    }

    @Test
    void aMethodHasEachParameterOnce() {
        Param weight = Param.perExpert("weight");
        MethodInfo info = info(weight, Param.flag("normalize", true));
        assertEquals(weight, info.param("weight").orElseThrow());
        assertTrue(info.param("Weight").isEmpty());
        assertEquals("weight, normalize", info.paramNames());
        assertThrows(IllegalArgumentException.class, () -> info(weight, Param.global("weight", 1)));
    }

    private static MethodInfo info(Param... params) {
        return new MethodInfo("m", "A method.", "x", "none", BaseRole.SUMMAND, List.of(params), "");
    }
}
