package org.weir.checkpoint;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.weir.checkpoint.HeaderVerdicts.FILE;
import static org.weir.checkpoint.HeaderVerdicts.nameOfOnly;
import static org.weir.checkpoint.HeaderVerdicts.names;
import static org.weir.checkpoint.HeaderVerdicts.one;
import static org.weir.checkpoint.HeaderVerdicts.read;
import static org.weir.checkpoint.HeaderVerdicts.refuses;
import static org.weir.checkpoint.HeaderVerdicts.u8;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Where tensors may lie, and how a header that is wrong is told: each rule with its verdict. */
class HeaderPlacesTest {
    // Places

    @Test
    void takesEntriesInAnyOrderAndGivesThemByTheirPlace() throws IOException {
        assertEquals(
                List.of("c", "b", "a"),
                names(read(
                        RawFile.bytes("{\"a\":" + u8(3, 6) + ",\"c\":" + u8(0, 1) + ",\"b\":" + u8(1, 3) + "}", 6))));
    }

    @Test
    void refusesAHoleBeforeTheFirstTensor() {
        refuses(
                RawFile.bytes("{\"a\":" + u8(1, 2) + "}", 2),
                "tensor 'a'",
                "found data_offsets [1, 2], expected to begin at 0");
    }

    @Test
    void refusesAHoleBetweenTensorsAndNamesItsPlaceInTheFile() {
        String header = "{\"a\":" + u8(0, 2) + ",\"b\":" + u8(3, 4) + "}";
        MalformedCheckpointException e =
                refuses(RawFile.bytes(header, 4), "found data_offsets [3, 4], expected to begin at 2");
        assertEquals(Optional.of("b"), e.tensor());
        assertEquals(OptionalLong.of(8 + header.length() + 2), e.offset());
    }

    @Test
    void refusesTensorsThatShareBytes() {
        refuses(RawFile.bytes("{\"a\":" + u8(0, 2) + ",\"b\":" + u8(1, 3) + "}", 3), "expected to begin at 2");
        refuses(RawFile.bytes("{\"a\":" + u8(0, 2) + ",\"b\":" + u8(0, 2) + "}", 2), "expected to begin at 2");
    }

    @Test
    void refusesARangeThatRunsBackwards() {
        refuses(
                one(
                        "\"dtype\":\"U8\",\"shape\":[0],\"data_offsets\":[0,0]},\"b\":{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[1,0]",
                        1),
                "tensor 'b'");
    }

    @Test
    void refusesARangeThatDoesNotFitTheShape() {
        refuses(
                one("\"dtype\":\"F32\",\"shape\":[2,2],\"data_offsets\":[0,15]", 15),
                "found data_offsets [0, 15], expected a range of 16 bytes for F32 [2, 2]");
        refuses(one("\"dtype\":\"F32\",\"shape\":[],\"data_offsets\":[0,0]", 0), "a range of 4 bytes for F32 []");
    }

    @Test
    void refusesARangeThatIsLargerThanTheShape() {
        refuses(
                one("\"dtype\":\"F32\",\"shape\":[2,2],\"data_offsets\":[0,17]", 17),
                "found data_offsets [0, 17], expected a range of 16 bytes");
    }

    @Test
    void acceptsScalarsAndTensorsWithoutElements() throws IOException {
        String header = "{\"s\":{\"dtype\":\"F64\",\"shape\":[],\"data_offsets\":[0,8]},"
                + "\"e\":{\"dtype\":\"F32\",\"shape\":[4,0],\"data_offsets\":[8,8]},"
                + "\"f\":{\"dtype\":\"F32\",\"shape\":[0],\"data_offsets\":[8,8]},\"t\":" + u8(8, 9) + "}";
        assertEquals(List.of("s", "e", "f", "t"), names(read(RawFile.bytes(header, 9))));
    }

    @Test
    void putsATensorWithoutElementsBeforeTheOneThatBeginsAtTheSamePlace() throws IOException {
        String empty = "{\"dtype\":\"F32\",\"shape\":[0],\"data_offsets\":[0,0]}";
        byte[] file = RawFile.bytes("{\"full\":" + u8(0, 2) + ",\"empty\":" + empty + "}", 2);
        assertEquals(List.of("empty", "full"), names(read(file)));
    }

    @Test
    void refusesATensorWithoutElementsInsideAnother() {
        String empty = "{\"dtype\":\"F32\",\"shape\":[0],\"data_offsets\":[1,1]}";
        refuses(
                RawFile.bytes("{\"a\":" + u8(0, 2) + ",\"e\":" + empty + "}", 2),
                "tensor 'e'",
                "expected to begin at 2");
    }

    @Test
    void countsElementsLeftToRightInSixtyFourBitsAsTheReferenceDoes() throws IOException {
        String zeroFirst = "[0,9223372036854775807,4]";
        assertEquals("a", nameOfOnly(one("\"dtype\":\"U8\",\"shape\":" + zeroFirst + ",\"data_offsets\":[0,0]", 0)));
        String within = "[4611686018427387904,2,0]"; // 2^63 on the way fits into 64 bits
        assertEquals("a", nameOfOnly(one("\"dtype\":\"U8\",\"shape\":" + within + ",\"data_offsets\":[0,0]", 0)));
        String beyond = "[4611686018427387904,4,0]";
        refuses(one("\"dtype\":\"U8\",\"shape\":" + beyond + ",\"data_offsets\":[0,0]", 0), "overflows 64 bits");
    }

    @Test
    void refusesSizesThatWrapToSmallOnes() {
        refuses(
                one("\"dtype\":\"U8\",\"shape\":[4611686018427387905,4],\"data_offsets\":[0,4]", 4),
                "overflows 64 bits");
        refuses(
                one("\"dtype\":\"U64\",\"shape\":[2305843009213693953],\"data_offsets\":[0,8]", 8),
                "overflows 64 bits");
    }

    @Test
    void refusesElementsThatDoNotFillWholeBytes() {
        refuses(one("\"dtype\":\"F4\",\"shape\":[3],\"data_offsets\":[0,1]", 1), "F4 [3] does not fill whole bytes");
        refuses(one("\"dtype\":\"F6_E2M3\",\"shape\":[2],\"data_offsets\":[0,1]", 1), "does not fill whole bytes");
    }

    @Test
    void refusesBytesAfterTheLastTensor() {
        refuses(RawFile.bytes("{\"a\":" + u8(0, 1) + "}", 3), "found 2 bytes after the last tensor, expected none");
        refuses(RawFile.bytes("{}", 1), "found 1 bytes after the last tensor");
    }

    @Test
    void refusesAFileThatIsCutShortAndNamesTheTensor() {
        refuses(
                RawFile.bytes("{\"a\":" + u8(0, 1) + ",\"b\":" + u8(1, 9) + "}", 8),
                "tensor 'b'",
                "expected an end within the 8 bytes of data");
    }

    @Test
    void refusesOffsetsNearTheEndOfLongs() {
        long huge = Long.MAX_VALUE / 16 * 8;
        String header =
                "{\"a\":" + u8(0, huge) + ",\"b\":" + u8(huge, 2 * huge) + ",\"c\":" + u8(2 * huge, 3 * huge) + "}";
        refuses(RawFile.bytes(header, 8), "tensor");
    }

    @Test
    void refusesAHundredThousandTensorsOverTheSameBytes() {
        String entry = u8(0, 8);
        String entries = IntStream.range(0, 100_000)
                .mapToObj(i -> "\"" + i + "\":" + entry)
                .collect(Collectors.joining(","));
        refuses(RawFile.bytes("{" + entries + "}", 8), "expected to begin at 8");
    }

    // Messages

    @Test
    void tellsFileTensorAndByteOnOneLine() {
        String header = "{\"\u00fc\ud83d\ude00\":" + u8(0, 1) + ",\"b\\u001b[31m\\n\":{\"dtype\":\"Q8\"}}";
        MalformedCheckpointException e = refuses(RawFile.bytes(header, 1), "found the dtype 'Q8'");
        long byteOfDtype = 8 + header.substring(0, header.indexOf("\"Q8\"")).getBytes(StandardCharsets.UTF_8).length;
        assertEquals(OptionalLong.of(byteOfDtype), e.offset());
        assertTrue(
                e.getMessage().startsWith(FILE + ": tensor 'b\\u001b[31m\\u000a': at byte " + byteOfDtype + ": found"),
                e.getMessage());
        assertEquals(FILE, e.path());
    }

    @Test
    void shortensAbsurdNames() {
        String longName = "n".repeat(1_000_000);
        MalformedCheckpointException e =
                refuses(RawFile.bytes("{\"" + longName + "\":1}", 0), "1000000 characters in all");
        assertTrue(e.getMessage().length() < 1000, e.getMessage());
        assertEquals(Optional.of(longName), e.tensor());
    }
}
