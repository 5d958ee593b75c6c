package org.weir.checkpoint;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Where tensors go, and the exact bytes around them. */
class ShardLayoutTest {
    @Test
    void writesTheHeaderThatTheReferenceWrites() {
        String text = "{\"__metadata__\":{\"format\":\"pt\"},"
                + "\"n\":{\"dtype\":\"I64\",\"shape\":[],\"data_offsets\":[0,8]},"
                + "\"a\":{\"dtype\":\"F32\",\"shape\":[1,2],\"data_offsets\":[8,16]},"
                + "\"b\":{\"dtype\":\"F32\",\"shape\":[0],\"data_offsets\":[16,16]},"
                + "\"z\":{\"dtype\":\"BOOL\",\"shape\":[3],\"data_offsets\":[16,19]}}";
        assertEquals(251, text.length());
        byte[] expected = RawFile.bytes(256, (text + " ".repeat(5)).getBytes(StandardCharsets.UTF_8), new byte[0]);
        List<TensorInfo> inAnyOrder = List.of(
                new TensorInfo("z", DType.BOOL, Shape.of(3)),
                new TensorInfo("b", DType.F32, Shape.of(0)),
                new TensorInfo("a", DType.F32, Shape.of(1, 2)),
                new TensorInfo("n", DType.I64, Shape.of()));
        ShardLayout.Shard shard = ShardLayout.of(inAnyOrder, 1000).shards().getFirst();
        assertArrayEquals(expected, shard.header());
    }

    @Test
    void addsNoPaddingWhereNoneIsNeeded() {
        String text =
                "{\"__metadata__\":{\"format\":\"pt\"},\"aaaaa\":{\"dtype\":\"U8\",\"shape\":[0],\"data_offsets\":[0,0]}}";
        assertEquals(88, text.length());
        assertArrayEquals(RawFile.bytes(text, 0), header("aaaaa"));
    }

    private static byte[] header(String name) {
        TensorInfo empty = new TensorInfo(name, DType.U8, Shape.of(0));
        return ShardLayout.of(List.of(empty), 1).shards().getFirst().header();
    }

    @Test
    void escapesNamesAsTheReferenceDoes() {
        String name = "\"\\/\b\f\n\r\t\u0001\u001f\u007f\u00e9\u2028\ud83d\ude00";
        String written = new String(header(name), StandardCharsets.UTF_8);
        String expected = "\"\\\"\\\\/\\b\\f\\n\\r\\t\\u0001\\u001f\u007f\u00e9\u2028\ud83d\ude00\":{";
        assertEquals(expected, written.substring(written.indexOf("},") + 2, written.indexOf("\"dtype\"")));
    }

    @Test
    void ordersWidestTypesFirstAndNamesByTheirBytes() {
        List<TensorInfo> all = Stream.of(DType.values())
                .map(dtype -> new TensorInfo(dtype.name(), dtype, Shape.of(8)))
                .toList();
        assertEquals(
                List.of(
                        "U64",
                        "I64",
                        "F64",
                        "C64",
                        "F32",
                        "U32",
                        "I32",
                        "BF16",
                        "F16",
                        "U16",
                        "I16",
                        "F8_E5M2FNUZ",
                        "F8_E4M3FNUZ",
                        "F8_E8M0",
                        "F8_E4M3",
                        "F8_E5M2",
                        "I8",
                        "U8",
                        "F6_E3M2",
                        "F6_E2M3",
                        "F4",
                        "BOOL"),
                namesOf(ShardLayout.of(all, 1_000_000).shards().getFirst()));
        // UTF-16 would put the emoji (d83d de00) before the full-width letter (ff21); UTF-8 does not.
        assertEquals(
                List.of("", "B", "a", "a.10", "a.2", "\u00e9", "\uff21", "\ud83d\ude00"),
                namesOf(ShardLayout.of(u8s(1, "\ud83d\ude00", "a.2", "\uff21", "a", "B", "", "a.10", "\u00e9"), 100)
                        .shards()
                        .getFirst()));
    }

    @Test
    void fillsShardsGreedilyInTheOrderGiven() {
        ShardLayout layout = ShardLayout.of(u8s(4, "e", "d", "c", "b", "a"), 8);
        assertEquals(
                List.of(List.of("d", "e"), List.of("b", "c"), List.of("a")),
                layout.shards().stream().map(ShardLayoutTest::namesOf).toList());
        assertEquals(
                List.of(8L, 8L, 4L),
                layout.shards().stream().map(ShardLayout.Shard::dataBytes).toList());
    }

    @Test
    void givesATensorOverTheLimitAShardOfItsOwn() {
        List<TensorInfo> tensors = List.of(
                new TensorInfo("small", DType.U8, Shape.of(1)),
                new TensorInfo("large", DType.U8, Shape.of(100)),
                new TensorInfo("empty", DType.U8, Shape.of(0)),
                new TensorInfo("last", DType.U8, Shape.of(10)));
        assertEquals(
                List.of(List.of("small"), List.of("large"), List.of("empty", "last")),
                ShardLayout.of(tensors, 10).shards().stream()
                        .map(ShardLayoutTest::namesOf)
                        .toList());
    }

    @Test
    void makesNoEmptyShardBeforeATensorOverTheLimit() {
        assertEquals(
                List.of(List.of("a"), List.of("b")),
                ShardLayout.of(u8s(11, "a", "b"), 10).shards().stream()
                        .map(ShardLayoutTest::namesOf)
                        .toList());
    }

    @Test
    void namesFilesAsTransformersDoes() {
        assertEquals(List.of("model.safetensors"), fileNames(ShardLayout.of(u8s(1, "a", "b"), 2)));
        assertEquals(
                List.of("model-00001-of-00002.safetensors", "model-00002-of-00002.safetensors"),
                fileNames(ShardLayout.of(u8s(1, "a", "b"), 1)));
        assertEquals(List.of("model.safetensors"), fileNames(ShardLayout.of(List.of(), 1)));
    }

    @Test
    void tellsWhereEachTensorOfTheListGoes() {
        ShardLayout layout = ShardLayout.of(u8s(3, "b", "a", "c"), 6);
        long header = layout.shards().getFirst().headerBytes();
        long header2 = layout.shards().getLast().headerBytes();
        assertEquals(
                List.of(
                        new ShardLayout.Place(0, header + 3),
                        new ShardLayout.Place(0, header),
                        new ShardLayout.Place(1, header2)),
                layout.places());
        assertEquals(9, layout.tensorBytes());
        assertEquals(9 + header + header2, layout.totalFileBytes());
        assertEquals(header + 6, layout.shards().getFirst().fileBytes());
    }

    @Test
    void laysOutMoreThanAnyDiskHolds() {
        List<TensorInfo> exabyte = List.of(new TensorInfo("x", DType.U8, Shape.of(1L << 60)));
        assertEquals(1L << 60, ShardLayout.of(exabyte, Long.MAX_VALUE).tensorBytes());
    }

    @Test
    void refusesCallsThatMakeNoSense() {
        assertThrows(IllegalArgumentException.class, () -> ShardLayout.of(u8s(1, "a", "a"), 10));
        assertThrows(IllegalArgumentException.class, () -> ShardLayout.of(u8s(1, "a"), 0));
    }

    @Test
    void refusesAHeaderThatNoReaderWouldTake() {
        String longName = "n".repeat(1_000_000);
        List<TensorInfo> tensors = IntStream.range(0, 100)
                .mapToObj(i -> new TensorInfo(longName + i, DType.U8, Shape.of(0)))
                .toList();
        assertThrows(IllegalArgumentException.class, () -> ShardLayout.of(tensors, 10));
    }

    @Test
    void writesTheIndexThatTransformersWrites() {
        List<TensorInfo> tensors = List.of(
                new TensorInfo("b\"", DType.F32, Shape.of(2)),
                new TensorInfo("\u00e9\ud83d\ude00\u007f", DType.BF16, Shape.of(3)),
                new TensorInfo("B", DType.U8, Shape.of()));
        String expected = """
            {
              "metadata": {
                "total_parameters": 6,
                "total_size": 15
              },
              "weight_map": {
                "B": "model-00002-of-00002.safetensors",
                "b\\"": "model-00001-of-00002.safetensors",
                "\\u00e9\\ud83d\\ude00\\u007f": "model-00002-of-00002.safetensors"
              }
            }
            """;
        assertEquals(expected, new String(IndexWriter.index(ShardLayout.of(tensors, 8)), StandardCharsets.US_ASCII));
    }

    private static List<TensorInfo> u8s(long bytes, String... names) {
        return Stream.of(names)
                .map(name -> new TensorInfo(name, DType.U8, Shape.of(bytes)))
                .toList();
    }

    private static List<String> namesOf(ShardLayout.Shard shard) {
        return shard.tensors().stream().map(TensorInfo::name).toList();
    }

    private static List<String> fileNames(ShardLayout layout) {
        return layout.shards().stream().map(ShardLayout.Shard::fileName).toList();
    }
}
