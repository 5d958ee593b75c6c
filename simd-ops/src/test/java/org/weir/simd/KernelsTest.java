package org.weir.simd;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Which kernels are chosen, seen from outside: the choice is made once in the life of a JVM. */
class KernelsTest {

    private static final String VECTORS = "--add-modules=jdk.incubator.vector";

    /** Prints what the JVM it runs in has chosen, and a sum to show that it works. */
    static final class Describe {
        public static void main(String[] args) {
            Kernels kernels = Kernels.best();
            float[] x = {1, 2, 3};
            kernels.scale(x, 2, 3);
            System.out.print(kernels.description() + ": " + kernels.sumMagnitudes(x, 3));
        }
    }

    private static String describe(String... options) throws Exception {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of(options));
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), Describe.class.getName()));
        Process process = new ProcessBuilder(command).start();
        String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        String err = new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
        return process.waitFor() == 0 ? out : err;
    }

    @Test
    void withoutTheVectorModuleTheyAreScalarAndSayWhatIsMissing() throws Exception {
        assertEquals("scalar loops, for want of --add-modules jdk.incubator.vector: 12.0", describe());
    }

    @Test
    void thePropertyChoosesTheWidth() throws Exception {
        assertEquals("128-bit vectors: 12.0", describe(VECTORS, "-Dweir.simd.width=128"));
        assertEquals("scalar loops: 12.0", describe(VECTORS, "-Dweir.simd.width=scalar"));
    }

    @Test
    void refusesAWidthThatDoesNotExist() throws Exception {
        String message = "weir.simd.width: found '64', expected 128, 256, 512 or scalar";
        assertTrue(describe(VECTORS, "-Dweir.simd.width=64").contains(message));
    }
}
