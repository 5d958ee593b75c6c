package org.weir.checkpoint;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The files of a model folder that are not weights: config, tokenizer, chat template, code. */
final class Companions {
    /** Weights in any format, their indexes, what trainers leave beside them. */
    private static final Pattern WEIGHTS = Pattern.compile(
            ".*\\.(safetensors|bin|pt|pth|ckpt|gguf|ggml|h5|msgpack|ot|npz|onnx|onnx_data|tflite)"
                    + "(\\.index(\\..+)?\\.json)?",
            Pattern.DOTALL);

    /** What another tool said about the model as it was, or what would make it something else. */
    private static final Pattern STALE = Pattern.compile(
            "\\..*|.*\\.incomplete|README.*|merge-manifest\\.json|mergekit_config\\.yml|adapter_config\\.json",
            Pattern.DOTALL);

    private Companions() {}

    /** Regular files (or links to them) directly in the folder, by name. */
    static List<Path> of(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(Companions::goesWithTheModel).sorted().toList();
        }
    }

    /**
     * Those that are links out of the folder, with where they lead, but for links to blobs of a hub's cache, which all
     * files of a snapshot are.
     */
    static Map<Path, Path> leadingOut(Path folder) throws IOException {
        Path home = folder.toRealPath();
        Map<Path, Path> links = new TreeMap<>();
        for (Path file : of(folder)) {
            Path target = file.toRealPath();
            if (!target.startsWith(home) && !isBlob(target)) {
                links.put(file, target);
            }
        }
        return links;
    }

    /** {@code models--OWNER--NAME/blobs/HASH}. */
    private static boolean isBlob(Path file) {
        int names = file.getNameCount();
        return names > 2
                && file.getName(names - 2).toString().equals("blobs")
                && file.getName(names - 3).toString().startsWith("models--");
    }

    private static boolean goesWithTheModel(Path file) {
        String name = String.valueOf(file.getFileName());
        return Files.isRegularFile(file)
                && !WEIGHTS.matcher(name).matches()
                && !STALE.matcher(name).matches();
    }
}
