package org.weir.checkpoint;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Dtypes, shapes and tensors check themselves. */
class TensorInfoTest {
    @Test
    void knowsTheDtypesByTheirExactNames() {
        assertEquals(22, DType.values().length);
        assertEquals(Optional.of(DType.F8_E4M3FNUZ), DType.named("F8_E4M3FNUZ"));
        assertEquals(Optional.empty(), DType.named("bf16"));
        assertEquals(Optional.empty(), DType.named("BF16 "));
    }

    @Test
    void countsElementsAndBytes() {
        TensorInfo info = new TensorInfo("w", DType.BF16, Shape.of(128, 24));
        assertEquals(128 * 24, info.elements());
        assertEquals(128 * 24 * 2, info.bytes());
        assertEquals("'w' BF16 [128, 24]", info.toString());
        assertEquals(1, Shape.of().elements());
        assertEquals(0, Shape.of(5, 0).elements());
        assertEquals(3, new TensorInfo("w", DType.F4, Shape.of(6)).bytes());
        assertEquals(3, new TensorInfo("w", DType.F6_E3M2, Shape.of(4)).bytes());
    }

    @Test
    void countsBeyondThirtyTwoBits() {
        assertEquals(1L << 40, new TensorInfo("w", DType.F32, Shape.of(1 << 20, 1 << 18)).bytes());
    }

    @Test
    void refusesWhatCannotBeCounted() {
        refuses("negative", () -> Shape.of(2, -1));
        refuses("overflows", () -> Shape.of(1L << 32, 1L << 32));
        refuses("2^63 elements", () -> Shape.of(1L << 62, 2));
        refuses("overflows", () -> new TensorInfo("w", DType.F64, Shape.of(1L << 60)));
        refuses("whole bytes", () -> new TensorInfo("w", DType.F4, Shape.of(5)));
    }

    @Test
    void refusesNamesThatAFileCannotHold() {
        refuses("reserved", () -> new TensorInfo("__metadata__", DType.F32, Shape.of()));
        refuses("Unicode", () -> new TensorInfo("a\ud800", DType.F32, Shape.of()));
        refuses("Unicode", () -> new TensorInfo("\udc00b", DType.F32, Shape.of()));
    }

    @Test
    void copiesTheDimensionsItIsGiven() {
        List<Long> dims = new ArrayList<>(List.of(2L));
        Shape shape = new Shape(dims);
        dims.set(0, 3L);
        assertEquals(Shape.of(2), shape);
    }

    @Test
    void printsWithoutWhatATerminalWouldObey() {
        assertEquals(
                "a\\u001b[2J\\u0007\\u000a\\u202eb\\u2028\\u0085\\u009b",
                Printable.of("a\u001b[2J\u0007\n\u202eb\u2028\u0085\u009b"));
        assertEquals("\u00fc\u4e2d\ud83d\ude00 '\"\\", Printable.of("\u00fc\u4e2d\ud83d\ude00 '\"\\"));
        assertEquals("\\ud800", Printable.of("\ud800"));
        assertEquals("\\u{e0001}", Printable.of("\udb40\udc01"));
    }

    private static void refuses(String part, Runnable call) {
        IllegalArgumentException e = assertThrows(IllegalArgumentException.class, call::run);
        assertTrue(String.valueOf(e.getMessage()).contains(part), e.getMessage());
    }
}
