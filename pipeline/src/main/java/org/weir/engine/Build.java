package org.weir.engine;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.CodeSource;
import java.util.List;
import java.util.Optional;
import org.weir.checkpoint.CheckpointWriter;
import org.weir.checkpoint.Crc32c;
import org.weir.simd.Kernels;

/** Which Weir this is. */
final class Build {

    /** One class of each jar that has a say in the bytes of an output. */
    private static final List<Class<?>> PARTS = List.of(CheckpointWriter.class, Kernels.class, Build.class);

    private Build() {}

    /** Its version, and a checksum of its code: between two releases many have the same version. */
    static String version() throws IOException {
        String number = Optional.ofNullable(Build.class.getPackage().getImplementationVersion())
                .orElse("(not from a jar)");
        int sum = 0;
        for (Class<?> part : PARTS) {
            Optional<Path> jar = jar(part);
            if (jar.isPresent()) {
                byte[] code = Files.readAllBytes(jar.get());
                sum = Crc32c.joined(sum, Crc32c.of(MemorySegment.ofArray(code)), code.length);
            }
        }
        return number + " " + Crc32c.text(sum);
    }

    private static Optional<Path> jar(Class<?> part) {
        CodeSource source = part.getProtectionDomain().getCodeSource();
        try {
            return Optional.ofNullable(
                            source == null ? null : Path.of(source.getLocation().toURI()))
                    .filter(Files::isRegularFile);
        } catch (URISyntaxException e) {
            return Optional.empty();
        }
    }
}
