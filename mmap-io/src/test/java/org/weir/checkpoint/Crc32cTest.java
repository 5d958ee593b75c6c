package org.weir.checkpoint;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Sums of parts make the sum of the whole; the JDK's own sum of the whole is the judge. */
class Crc32cTest {
    private final Random random = new Random(1);

    @Test
    void isTheCrcOfTheStandard() {
        byte[] digits = "123456789".getBytes(StandardCharsets.US_ASCII);
        assertEquals(0xe3069283, Crc32c.of(digits)); // RFC 3720, and every catalogue of CRCs
        assertEquals("e3069283", Crc32c.text(Crc32c.of(digits)));
        assertEquals("00000000", Crc32c.text(Crc32c.of(new byte[0])));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 7, 4096, 100_003})
    void twoRunsJoin(int second) {
        byte[] whole = bytes(1000 + second);
        int first = Crc32c.of(MemorySegment.ofArray(whole).asSlice(0, 1000));
        int last = Crc32c.of(MemorySegment.ofArray(whole).asSlice(1000));
        assertEquals(expected(whole), Crc32c.joined(first, last, second));
    }

    /** A zero byte more is a step of the CRC register, so 2^40 of them can be had by squaring 2^k of them. */
    @Test
    void runsLongerThanMemoryJoin() {
        int sum = Crc32c.of(new byte[] {1, 2, 3});
        int half = Crc32c.moved(sum, 1L << 39);
        assertEquals(Crc32c.moved(sum, 1L << 40), Crc32c.moved(half, 1L << 39));
        assertEquals(Crc32c.moved(sum, (1L << 33) + 5), Crc32c.moved(Crc32c.moved(sum, 5), 1L << 33));
    }

    @Test
    void rangesSumUpInAnyOrderAndInAnyCut() {
        byte[] whole = bytes(50_000);
        for (int round = 0; round < 50; round++) {
            FinishedRanges ranges = new FinishedRanges(whole.length);
            for (int[] range : shuffledCut(whole.length)) {
                assertFalse(ranges.isWhole());
                MemorySegment piece = MemorySegment.ofArray(whole).asSlice(range[0], range[1] - range[0]);
                assertTrue(ranges.add(range[0], range[1], Crc32c.of(piece)));
                assertFalse(ranges.add(range[0], range[1], 5));
                assertFalse(ranges.add(Math.max(0, range[0] - 1), range[1], 5));
            }
            assertTrue(ranges.isWhole());
            assertEquals(expected(whole), ranges.crc32c());
        }
    }

    @Test
    void whatIsMissingIsFound() {
        FinishedRanges ranges = new FinishedRanges(100);
        ranges.add(10, 20, 0);
        ranges.add(40, 50, 0);
        ranges.add(20, 25, 0);
        assertEquals(0, ranges.firstMissing(0, 100));
        assertEquals(10, ranges.missingUntil(0, 100));
        assertEquals(25, ranges.firstMissing(10, 100));
        assertEquals(40, ranges.missingUntil(25, 100));
        assertEquals(30, ranges.missingUntil(25, 30));
        assertEquals(18, ranges.firstMissing(12, 18));
        assertEquals(50, ranges.firstMissing(40, 100));
        assertEquals(100, ranges.missingUntil(50, 100));
        assertEquals(25, ranges.finishedBytes());
        ranges.add(25, 40, 0);
        assertEquals(50, ranges.firstMissing(10, 100));
        assertFalse(ranges.isWhole());
        assertTrue(new FinishedRanges(0).isWhole());
    }

    private List<int[]> shuffledCut(int length) {
        List<int[]> cut = new ArrayList<>();
        for (int at = 0; at < length; ) {
            int end = Math.min(length, at + 1 + random.nextInt(9000));
            cut.add(new int[] {at, end});
            at = end;
        }
        Collections.shuffle(cut, random);
        return cut;
    }

    private byte[] bytes(int length) {
        byte[] bytes = new byte[length];
        random.nextBytes(bytes);
        return bytes;
    }

    private static int expected(byte[] bytes) {
        CRC32C crc = new CRC32C();
        crc.update(bytes);
        return (int) crc.getValue();
    }
}
