package org.weir.checkpoint;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Each rule of the format with its verdict; those that the reference accepts and we refuse say so in their names. */
class HeaderRulesTest {
    private static final byte[] NOTHING = {};

    @TempDir
    Path folder;

    // The length word

    @Test
    void refusesAFileTooShortForTheLengthWord() {
        refuses(new byte[7], "found a file of 7 bytes, expected at least 8");
        refuses(NOTHING, "found a file of 0 bytes");
    }

    @Test
    void refusesALengthOverTheLimitBeforeAnythingIsMadeOfIt() {
        refuses(
                RawFile.bytes(100_000_001, NOTHING, NOTHING),
                "found a header of 100000001 bytes, expected at most 100000000");
    }

    @Test
    void readsTheLengthAsUnsigned() {
        refuses(RawFile.bytes(-1, NOTHING, NOTHING), "found a header of 18446744073709551615 bytes");
        refuses(RawFile.bytes(Long.MIN_VALUE, NOTHING, NOTHING), "found a header of 9223372036854775808 bytes");
    }

    @Test
    void refusesAHeaderThatTheFileIsTooShortFor() {
        refuses(RawFile.bytes(100_000_000, NOTHING, NOTHING), "expected at most the 0 that follow");
        refuses(RawFile.bytes(3, "{}".getBytes(StandardCharsets.UTF_8), NOTHING), "expected at most the 2 that follow");
    }

    @Test
    void refusesAnEmptyHeader() {
        refuses(RawFile.bytes(0, NOTHING, NOTHING), "found the end of the text");
    }

    // UTF-8

    @Test
    void refusesBytesThatAreNotUtf8AndNamesTheFirst() {
        byte[] text = "{\"a\u0001\":0}".getBytes(StandardCharsets.UTF_8);
        text[3] = (byte) 0xff;
        MalformedCheckpointException e = refuses(RawFile.bytes(text.length, text, NOTHING), "not UTF-8");
        assertEquals(OptionalLong.of(8 + 3), e.offset());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "c080",
                "c1bf",
                "e08080",
                "eda080",
                "edbfbf",
                "f08080af",
                "f4908080",
                "f8888080",
                "80",
                "c3",
                "feff"
            })
    void refusesOverlongSurrogateTooHighAndCutSequences(String hex) {
        byte[] sequence = new java.math.BigInteger("00" + hex, 16).toByteArray();
        String sandwich = "{\"__metadata__\":{\"k\":\"" + "?".repeat(hex.length() / 2) + "\"}}";
        byte[] text = sandwich.getBytes(StandardCharsets.UTF_8);
        System.arraycopy(sequence, sequence.length - hex.length() / 2, text, sandwich.indexOf('?'), hex.length() / 2);
        refuses(RawFile.bytes(text.length, text, NOTHING), "not UTF-8");
    }

    @Test
    void refusesASequenceCutByTheEndOfTheHeader() {
        byte[] text = {'{', '}', ' ', (byte) 0xe2, (byte) 0x82};
        refuses(RawFile.bytes(text.length, text, NOTHING), "not UTF-8");
    }

    @Test
    void refusesOtherEncodingsAndByteOrderMarks() {
        for (var charset : List.of(StandardCharsets.UTF_16, StandardCharsets.UTF_16LE, StandardCharsets.UTF_32)) {
            byte[] text = "{}".getBytes(charset);
            refuses(RawFile.bytes(text.length, text, NOTHING), "found ");
        }
        refuses(RawFile.bytes("\ufeff{}", 0), "found invalid JSON");
    }

    // JSON

    @Test
    void acceptsNoTensorsAtAll() throws IOException {
        assertEquals(List.of(), read(RawFile.bytes("{}", 0)));
        assertEquals(List.of(), read(RawFile.bytes("{\"__metadata__\":{}}", 0)));
    }

    @Test
    void acceptsWhiteSpaceBeforeAndAfter() throws IOException {
        assertEquals(List.of(), read(RawFile.bytes(" \t\r\n{}\n\r\t ", 0)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"\0", "\f", "\u00a0", "x", "{}", "null", ",", "\u2028"})
    void refusesAnythingElseAfter(String rest) {
        refuses(RawFile.bytes("{}" + rest, 0), "found ");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "[]",
                "null",
                "\"a\"",
                "1",
                "{",
                "{\"a\"",
                "{'a':1}",
                "{a:1}",
                "{\"a\":1,}",
                "{}//",
                "{]"
            })
    void refusesWhatIsNotOneObject(String header) {
        refuses(RawFile.bytes(header, 0), "found ");
    }

    @Test
    void refusesRawControlCharactersInNames() {
        refuses(RawFile.bytes("{\"a\nb\":" + u8(0, 1) + "}", 1), "invalid JSON");
    }

    @ParameterizedTest
    @ValueSource(strings = {"\\ud800", "\\udc00", "\\ud800x", "\\udc00\\ud800"})
    void refusesHalfASurrogatePair(String escape) {
        refuses(RawFile.bytes("{\"" + escape + "\":" + u8(0, 1) + "}", 1), "surrogate");
        refuses(RawFile.bytes("{\"__metadata__\":{\"" + escape + "\":\"v\"}}", 0), "surrogate");
        refuses(RawFile.bytes("{\"__metadata__\":{\"k\":\"" + escape + "\"}}", 0), "surrogate");
        refuses(
                one("\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[0,1],\"x\":[\"" + escape + "\"]", 1),
                "surrogate");
    }

    @Test
    void acceptsAWholeSurrogatePair() throws IOException {
        assertEquals("\ud83d\ude00", nameOfOnly(RawFile.bytes("{\"\\ud83d\\ude00\":" + u8(0, 1) + "}", 1)));
    }

    @Test
    void acceptsEmptyAndVeryLongNames() throws IOException {
        assertEquals("", nameOfOnly(RawFile.bytes("{\"\":" + u8(0, 1) + "}", 1)));
        String longName = "n".repeat(60_000);
        assertEquals(longName, nameOfOnly(RawFile.bytes("{\"" + longName + "\":" + u8(0, 1) + "}", 1)));
    }

    @Test
    void acceptsTwentyMillionCharactersOfMetadata() throws IOException {
        String text = "m".repeat(20_000_001);
        assertEquals(List.of(), read(RawFile.bytes("{\"__metadata__\":{\"k\":\"" + text + "\"}}", 0)));
    }

    @Test
    void refusesNestingThatWouldOverflowTheStack() {
        refuses(one("\"x\":" + "[".repeat(200) + "]".repeat(200), 0), "invalid JSON");
        refuses(one("\"x\":" + "[".repeat(1_000_000), 0), "invalid JSON");
    }

    // Metadata

    @Test
    void acceptsMetadataThatIsNullOrStrings() throws IOException {
        assertEquals(List.of(), read(RawFile.bytes("{\"__metadata__\":null}", 0)));
        assertEquals(List.of(), read(RawFile.bytes("{\"__metadata__\":{\"format\":\"pt\",\"\":\"\"}}", 0)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"[]", "\"pt\"", "1", "true", "{\"format\":1}", "{\"format\":null}", "{\"format\":{}}"})
    void refusesAnyOtherMetadata(String metadata) {
        refuses(RawFile.bytes("{\"__metadata__\":" + metadata + "}", 0), "__metadata__");
    }

    @Test
    void refusesMetadataTwice() {
        refuses(
                RawFile.bytes("{\"__metadata__\":{},\"__metadata__\":{}}", 0),
                "Duplicate Object property \"__metadata__\"");
    }

    @Test
    void refusesAKeyOfTheMetadataTwiceUnlikeTheReference() {
        refuses(RawFile.bytes("{\"__metadata__\":{\"k\":\"1\",\"k\":\"2\"}}", 0), "Duplicate Object property \"k\"");
    }

    // Entries

    @Test
    void refusesATensorTwiceUnlikeTheReference() {
        String entry = u8(0, 1);
        refuses(RawFile.bytes("{\"a\":" + entry + ",\"a\":" + entry + "}", 1), "Duplicate Object property \"a\"");
        refuses(RawFile.bytes("{\"a\":" + entry + ",\"\\u0061\":" + entry + "}", 1), "Duplicate Object property \"a\"");
    }

    @Test
    void refusesFieldsByPositionUnlikeTheReference() {
        refuses(RawFile.bytes("{\"a\":[\"U8\",[1],[0,1]]}", 1), "tensor 'a'", "found an array, expected an object");
    }

    @Test
    void refusesADtypeAsAnObjectUnlikeTheReference() {
        refuses(
                one("\"dtype\":{\"U8\":null},\"shape\":[1],\"data_offsets\":[0,1]", 1),
                "found an object, expected a dtype");
    }

    @Test
    void needsDtypeShapeAndOffsets() {
        refuses(one("\"shape\":[1],\"data_offsets\":[0,1]", 1), "tensor 'a'", "found no dtype");
        refuses(one("\"dtype\":\"U8\",\"data_offsets\":[0,1]", 1), "found no shape");
        refuses(one("\"dtype\":\"U8\",\"shape\":[1]", 1), "found no data_offsets");
        refuses(one("", 0), "found no dtype");
    }

    @Test
    void refusesAFieldTwice() {
        refuses(one("\"dtype\":\"U8\",\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[0,1]", 1), "Duplicate");
    }

    @Test
    void ignoresFieldsItDoesNotKnow() throws IOException {
        String fields =
                "\"x\":{\"dtype\":[1.5e3,null,true,\"\",{}]},\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[0,1],\"y\":-0";
        assertEquals("a", nameOfOnly(one(fields, 1)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"1e999", "-1e999", "NaN", "Infinity", "01", "+1", ".5", "1.", "0x10"})
    void refusesImpossibleNumbersEvenInFieldsItDoesNotKnow(String number) {
        refuses(one("\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[0,1],\"x\":" + number, 1), "found ");
    }

    @ParameterizedTest
    @ValueSource(strings = {"u8", "U8 ", "F8_E4M3FN", "FLOAT", "", "F33", "BFLOAT16"})
    void refusesADtypeItDoesNotKnow(String dtype) {
        refuses(
                one("\"dtype\":\"" + dtype + "\",\"shape\":[1],\"data_offsets\":[0,1]", 1),
                "found the dtype '" + dtype + "', expected one of [BOOL, F4,");
    }

    @ParameterizedTest
    @EnumSource(DType.class)
    void acceptsEveryDtypeAtItsWidth(DType dtype) throws IOException {
        int bytes = dtype.bits(); // eight elements take as many bytes as one takes bits
        String fields = "\"dtype\":\"" + dtype + "\",\"shape\":[2,4],\"data_offsets\":[0," + bytes + "]";
        assertEquals(
                new TensorInfo("a", dtype, Shape.of(2, 4)),
                read(one(fields, bytes)).getFirst().info());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "-1",
                "-0",
                "1.0",
                "1e0",
                "\"1\"",
                "true",
                "null",
                "[1]",
                "18446744073709551616",
                "9223372036854775808"
            })
    void refusesDimensionsAndOffsetsThatAreNotPlainIntegers(String number) {
        refuses(one("\"dtype\":\"U8\",\"shape\":[" + number + "],\"data_offsets\":[0,1]", 1), "tensor 'a'", "in shape");
        refuses(
                one("\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[0," + number + "]", 1),
                "tensor 'a'",
                "in data_offsets");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "0", "0,1,1"})
    void refusesOffsetsThatAreNotTwo(String offsets) {
        refuses(
                one("\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[" + offsets + "]", 1),
                "data_offsets, expected 2");
    }

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
    void acceptsScalarsAndTensorsWithoutElements() throws IOException {
        String header = "{\"s\":{\"dtype\":\"F64\",\"shape\":[],\"data_offsets\":[0,8]},"
                + "\"e\":{\"dtype\":\"F32\",\"shape\":[4,0],\"data_offsets\":[8,8]},"
                + "\"f\":{\"dtype\":\"F32\",\"shape\":[0],\"data_offsets\":[8,8]},\"t\":" + u8(8, 9) + "}";
        assertEquals(List.of("s", "e", "f", "t"), names(read(RawFile.bytes(header, 9))));
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
        String header = "{\"\u00fc\":" + u8(0, 1) + ",\"b\\u001b[31m\\n\":{\"dtype\":\"Q8\"}}";
        MalformedCheckpointException e = refuses(RawFile.bytes(header, 1), "found the dtype 'Q8'");
        long byteOfDtype = 8 + header.substring(0, header.indexOf("\"Q8\"")).getBytes(StandardCharsets.UTF_8).length;
        assertEquals(OptionalLong.of(byteOfDtype), e.offset());
        assertTrue(
                e.getMessage()
                        .startsWith(file() + ": tensor 'b\\u001b[31m\\u000a': at byte " + byteOfDtype + ": found"),
                e.getMessage());
        assertEquals(file(), e.path());
    }

    @Test
    void shortensAbsurdNames() {
        String longName = "n".repeat(1_000_000);
        MalformedCheckpointException e =
                refuses(RawFile.bytes("{\"" + longName + "\":1}", 0), "1000000 characters in all");
        assertTrue(e.getMessage().length() < 1000, e.getMessage());
        assertEquals(Optional.of(longName), e.tensor());
    }

    private static String u8(long begin, long end) {
        return "{\"dtype\":\"U8\",\"shape\":[%d],\"data_offsets\":[%d,%d]}".formatted(end - begin, begin, end);
    }

    private static byte[] one(String fields, int dataBytes) {
        return RawFile.bytes("{\"a\":{" + fields + "}}", dataBytes);
    }

    private Path file() {
        return folder.resolve("x.safetensors");
    }

    private List<MappedTensor> read(byte[] content) throws IOException {
        try (Checkpoint checkpoint = Checkpoint.open(RawFile.write(file(), content))) {
            return checkpoint.tensors();
        }
    }

    private String nameOfOnly(byte[] content) throws IOException {
        List<MappedTensor> tensors = read(content);
        assertEquals(1, tensors.size());
        return tensors.getFirst().info().name();
    }

    private static List<String> names(List<MappedTensor> tensors) {
        return tensors.stream().map(tensor -> tensor.info().name()).toList();
    }

    private MalformedCheckpointException refuses(byte[] content, String... expectedParts) {
        MalformedCheckpointException e = assertThrows(MalformedCheckpointException.class, () -> read(content));
        for (String part : expectedParts) {
            assertTrue(e.getMessage().contains(part), () -> "no \"" + part + "\" in: " + e.getMessage());
        }
        assertTrue(e.getMessage().startsWith(file().toString()), e.getMessage());
        assertTrue(e.getMessage().lines().count() == 1, e.getMessage());
        return e;
    }
}
