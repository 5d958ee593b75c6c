package org.weir.checkpoint;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Which files hold the weights of a checkpoint.
 *
 * @param index says what is in which shard; null where one file is all there is
 */
record WeightFiles(List<Path> shards, @Nullable WeightIndex index) {
    static final String SUFFIX = ".safetensors";
    static final String SINGLE = "model.safetensors";

    private static final String PICKLED = "pytorch_model.bin";
    private static final String CONVERT =
            "expected safetensors; convert the model first, because reading pickled weights"
                    + " can run code that hides in them";

    /** In a folder an index comes before a single file, as in transformers and mergekit. */
    static WeightFiles of(Path folderOrFile) throws IOException {
        if (Files.isDirectory(folderOrFile)) {
            return inFolder(folderOrFile);
        }
        if (!Files.exists(folderOrFile)) {
            boolean danglingLink = Files.exists(folderOrFile, LinkOption.NOFOLLOW_LINKS);
            String what = danglingLink ? "a link to something that is not there" : "no such file or folder";
            throw new NoSuchFileException(Printable.path(folderOrFile), null, what);
        }
        String name = String.valueOf(folderOrFile.getFileName());
        if (!name.endsWith(SUFFIX)) {
            throw new MalformedCheckpointException(
                    folderOrFile, "found some other file, expected a folder or a .safetensors file");
        }
        return new WeightFiles(List.of(folderOrFile), null);
    }

    private static WeightFiles inFolder(Path folder) throws IOException {
        Path indexFile = folder.resolve(WeightIndex.FILE_NAME);
        if (isThere(indexFile)) {
            WeightIndex index = WeightIndex.read(indexFile);
            return new WeightFiles(index.shards(), index);
        }
        Path single = folder.resolve(SINGLE);
        if (isThere(single)) {
            return new WeightFiles(List.of(single), null);
        }
        throw new MalformedCheckpointException(folder, whyNoWeights(folder));
    }

    private static String whyNoWeights(Path folder) throws IOException {
        if (isThere(folder.resolve(PICKLED)) || isThere(folder.resolve(PICKLED + ".index.json"))) {
            return "found " + PICKLED + ", " + CONVERT;
        }
        if (isThere(folder.resolve("adapter_config.json"))) {
            return "found an adapter (adapter_config.json), expected a whole model; merge the adapter into its base"
                    + " first";
        }
        Optional<Path> other;
        try (var files = Files.list(folder)) {
            other = files.filter(file -> file.toString().endsWith(SUFFIX)).min(Path::compareTo);
        }
        return other.map(file -> "found " + Printable.quoted(String.valueOf(file.getFileName())) + ", ")
                        .orElse("found no weights, ")
                + "expected " + WeightIndex.FILE_NAME + " or " + SINGLE
                + (other.isPresent() ? " (to read one file alone, name the file)" : "");
    }

    /** A link that leads nowhere is there: then the message is about the link, and not about another file. */
    private static boolean isThere(Path file) {
        return Files.exists(file, LinkOption.NOFOLLOW_LINKS);
    }
}
