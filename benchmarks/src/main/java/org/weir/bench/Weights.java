package org.weir.bench;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32C;

/** The files with weights of checkpoint folders. */
final class Weights {
    private static final int READ_BYTES = 1 << 20;

    private Weights() {}

    /** In a fixed order. */
    static List<Path> in(List<Path> folders) throws IOException {
        List<Path> files = new ArrayList<>();
        for (Path folder : folders) {
            try (var entries = Files.list(folder)) {
                entries.filter(file -> file.toString().endsWith(".safetensors"))
                        .sorted()
                        .forEach(files::add);
            }
        }
        return files;
    }

    static long bytes(List<Path> folders) throws IOException {
        long bytes = 0;
        for (Path file : in(folders)) {
            bytes += Files.size(file);
        }
        return bytes;
    }

    /** To tell whether two outputs are the same. */
    static long checksum(Path folder) throws IOException {
        CRC32C checksum = new CRC32C();
        ByteBuffer buffer = ByteBuffer.allocateDirect(READ_BYTES);
        for (Path file : in(List.of(folder))) {
            try (FileChannel channel = FileChannel.open(file)) {
                while (channel.read(buffer.clear()) >= 0) {
                    checksum.update(buffer.flip());
                }
            }
        }
        return checksum.getValue();
    }
}
