package org.weir.hostile;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * A model folder, how it is made, and what has to be said to it.
 *
 * @param tensors how many it has, or {@link #REFUSED}
 * @param words what a refusal must name
 */
record HostileFolder(String name, Maker maker, int tensors, List<String> words) {
    static final int REFUSED = -1;

    static final String INDEX = "model.safetensors.index.json";
    static final String SINGLE = "model.safetensors";

    interface Maker {
        void make(Place folder) throws IOException, InterruptedException;
    }

    static HostileFolder accepted(String name, int tensors, Maker maker) {
        return new HostileFolder(name, maker, tensors, List.of());
    }

    static HostileFolder refused(String name, Maker maker, String... words) {
        return new HostileFolder(name, maker, REFUSED, List.of(words));
    }

    /** An index with this weight_map. */
    static HostileFolder refusedIndex(String name, String weightMap, String... words) {
        return refused(name, folder -> folder.index(weightMap).shard("x.safetensors", "a"), words);
    }

    @Override
    public String toString() {
        return name;
    }

    /** The folder while it is being made. What stands beside it in {@link #outside} is not part of it. */
    record Place(Path folder) {
        Path outside() {
            return folder.resolveSibling("outside");
        }

        Path at(String name) {
            return folder.resolve(name);
        }

        Place text(String name, String content) throws IOException {
            return bytes(name, content.getBytes(StandardCharsets.UTF_8));
        }

        Place bytes(String name, byte[] content) throws IOException {
            Files.createDirectories(at(name).getParent());
            Files.write(at(name), content);
            return this;
        }

        /** An index whose tensors are where {@code weightMap} says, which is JSON. */
        Place index(String weightMap) throws IOException {
            return text(INDEX, "{\"metadata\":{\"total_size\":4},\"weight_map\":" + weightMap + "}");
        }

        /** A good file with these tensors, of four bytes each. */
        Place shard(String name, String... tensors) throws IOException {
            return bytes(name, tensors(tensors));
        }

        static byte[] tensors(String... tensors) {
            StringBuilder header = new StringBuilder("{");
            for (int i = 0; i < tensors.length; i++) {
                header.append(i == 0 ? "" : ",").append('"').append(tensors[i]).append("\":");
                header.append(HostileFile.u8(4L * i, 4L * i + 4));
            }
            return HostileFile.file(header.append('}').toString(), 4 * tensors.length);
        }

        Place folder(String name) throws IOException {
            Files.createDirectories(at(name));
            return this;
        }

        Place link(String name, Path target) throws IOException {
            Files.createSymbolicLink(at(name), target);
            return this;
        }

        /** A named pipe: whoever opens it waits for ever. */
        Place pipe(String name) throws IOException, InterruptedException {
            int status =
                    new ProcessBuilder("mkfifo", at(name).toString()).start().waitFor();
            if (status != 0) {
                throw new IOException("mkfifo ended with " + status);
            }
            return this;
        }

        /** A file of that size in which nothing is written. */
        Place sparse(String name, long bytes) throws IOException {
            try (var file = new java.io.RandomAccessFile(at(name).toFile(), "rw")) {
                file.setLength(bytes);
            }
            return this;
        }
    }
}
