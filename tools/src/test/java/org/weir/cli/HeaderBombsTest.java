package org.weir.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.IntFunction;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Headers made to take memory and time, in a heap that is five times as large as they are: as 100 MB, the most that the
 * format allows, are to 512 MB.
 */
class HeaderBombsTest {
    private static final int HEADER_BYTES = 20_000_000;
    private static final String HEAP = "-Xmx100m";
    /** What is no bomb, but a model of three hundred thousand tensors: 600 bytes for each are fair. */
    private static final String HEAP_FOR_TENSORS = "-Xmx300m";
    /** What takes a second on a machine with nothing else to do. */
    private static final long PATIENCE_SECONDS = 60;

    private static final String EMPTY = "{\"dtype\":\"U8\",\"shape\":[0],\"data_offsets\":[0,0]}";
    private static final String ONE = "{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[0,1]}";

    @TempDir
    private Path temp;

    enum Bomb {
        SPACES("{}", i -> "          ", "", ExitCode.DONE),
        ONE_STRING_OF_METADATA("{\"__metadata__\":{\"k\":\"", i -> "xxxxxxxxxx", "\"}}", ExitCode.DONE),
        METADATA("{\"__metadata__\":{\"\":\"\"", i -> ",\"k" + i + "\":\"v\"", "}}", ExitCode.DONE),
        ONE_NAME("{\"", i -> "xxxxxxxxxx", "\":{}}", ExitCode.INPUT),
        ONE_DTYPE("{\"a\":{\"dtype\":\"", i -> "xxxxxxxxxx", "\"}}", ExitCode.INPUT),
        ONE_SHAPE("{\"a\":{\"shape\":[1", i -> ",1", "]}}", ExitCode.INPUT),
        ONE_NUMBER("{\"a\":{\"shape\":[1", i -> "0000000000", "]}}", ExitCode.INPUT),
        ONE_FRACTION_THAT_NOBODY_READS(
                "{\"a\":{\"dtype\":\"U8\",\"shape\":[0],\"data_offsets\":[0,0],\"x\":0.0",
                i -> "0000000000",
                "}}",
                ExitCode.INPUT),
        LISTS("{\"a\":{\"x\":", i -> "[[[[[[[[[[", "}}", ExitCode.INPUT),
        OBJECTS("{\"a\":", i -> "{\"a\":", "", ExitCode.INPUT),
        UNKNOWN_FIELDS("{\"a\":{\"x\":0", i -> ",\"x" + i + "\":0", "}}", ExitCode.INPUT),
        ONE_TENSOR_AGAIN_AND_AGAIN("{", i -> "\"a\":" + EMPTY + ",", "\"b\":{}}", ExitCode.INPUT),
        TENSORS_ON_THE_SAME_BYTES("{", i -> "\"t" + i + "\":" + ONE + ",", "\"b\":" + ONE + "}", ExitCode.INPUT),
        EMPTY_TENSORS("{", i -> "\"t" + i + "\":" + EMPTY + ",", "\"b\":" + EMPTY + "}", ExitCode.DONE);

        private final String begin;
        private final IntFunction<String> more;
        private final String end;
        private final int code;

        Bomb(String begin, IntFunction<String> more, String end, int code) {
            this.begin = begin;
            this.more = more;
            this.end = end;
            this.code = code;
        }

        byte[] header() {
            StringBuilder text = new StringBuilder(begin);
            for (int i = 0; text.length() < HEADER_BYTES; i++) {
                text.append(more.apply(i));
            }
            return text.append(end).toString().getBytes(StandardCharsets.US_ASCII);
        }
    }

    @ParameterizedTest
    @EnumSource
    void areReadOrRefusedInBoundedMemory(Bomb bomb) throws Exception {
        Launched weir = Launched.in(Files.createDirectory(temp.resolve("home")));
        Path file = write(bomb.header());
        String heap = bomb == Bomb.EMPTY_TENSORS ? HEAP_FOR_TENSORS : HEAP;
        Process inspect = weir.start(Map.of("WEIR_JAVA_OPTS", heap), "inspect", "-q", file);
        assertTrue(inspect.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS), "it takes too long");
        assertEquals(bomb.code, inspect.exitValue(), weir.err());
        if (bomb.code == ExitCode.INPUT) {
            assertEquals(1, weir.err().lines().count(), weir.err());
            assertTrue(weir.err().startsWith("weir: " + file + ": "), weir.err());
            assertTrue(weir.err().length() < 1000, weir.err());
        }
    }

    private Path write(byte[] header) throws IOException {
        Path file = temp.resolve("x.safetensors");
        try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(file))) {
            out.write(ByteBuffer.allocate(8)
                    .order(ByteOrder.LITTLE_ENDIAN)
                    .putLong(header.length)
                    .array());
            out.write(header);
        }
        return file;
    }
}
