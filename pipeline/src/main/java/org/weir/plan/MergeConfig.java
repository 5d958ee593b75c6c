package org.weir.plan;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.weir.checkpoint.DType;

/**
 * What the user wrote: right in form, not yet checked against a method or the files.
 *
 * @param file as the user named it; problems point into it
 * @param source the whole text; its UTF-8 bytes are the file's
 * @param methodLine where {@code merge_method} stands
 * @param slices from the first layer to the last; {@code models:} is one slice of all layers
 * @param baseModel without parameters of its own
 * @param moduleParameters those of {@code modules.default}
 * @param parameters those of the whole config
 * @param dtype what the result is stored as, unless {@code outDtype} says otherwise
 * @param tokenizer what the result's vocabulary is, where it is not the donor's
 * @param name what other documents of the file call the result
 * @param chatTemplate the text of a template, the name of one, or "auto"
 */
public record MergeConfig(
        Path file,
        String source,
        String methodName,
        int methodLine,
        List<SliceEntry> slices,
        Optional<ModelEntry> baseModel,
        Map<String, Setting> moduleParameters,
        Map<String, Setting> parameters,
        Optional<DType> dtype,
        Optional<DType> outDtype,
        Optional<TokenizerEntry> tokenizer,
        Optional<String> chatTemplate,
        Optional<String> name) {

    /** YAML parsers are quadratic in one long scalar, and nobody writes a config of this size. */
    private static final int MAX_BYTES = 1 << 20;

    /** @throws IllegalArgumentException if there is no model */
    public MergeConfig {
        slices = List.copyOf(slices);
        moduleParameters = Collections.unmodifiableMap(new LinkedHashMap<>(moduleParameters));
        parameters = Collections.unmodifiableMap(new LinkedHashMap<>(parameters));
        if (slices.isEmpty()) {
            throw new IllegalArgumentException("a config without models");
        }
    }

    /**
     * Reads a config of one document.
     *
     * @throws PlanException with every problem of its form, by line; also if the file cannot be read
     */
    public static MergeConfig read(Path file) throws PlanException {
        return only(file, readAll(file));
    }

    /** Reads a config of any number of documents, at least one. */
    public static List<MergeConfig> readAll(Path file) throws PlanException {
        if (!Files.exists(file)) {
            throw refusal(file, "no such file");
        }
        if (Files.isDirectory(file)) {
            throw refusal(file, "a folder, expected a YAML file");
        }
        try (InputStream in = Files.newInputStream(file)) {
            return parseAll(file, in.readNBytes(MAX_BYTES + 1)); // once: a pipe has nothing more to give
        } catch (AccessDeniedException e) {
            throw refusal(file, "no permission to read it");
        } catch (FileSystemException e) {
            throw refusal(file, "cannot be read" + (e.getReason() == null ? "" : ": " + e.getReason()));
        } catch (IOException e) {
            throw refusal(file, "cannot be read: " + e.getMessage());
        }
    }

    private static MergeConfig only(Path file, List<MergeConfig> documents) throws PlanException {
        if (documents.size() > 1) {
            ConfigProblems problems = new ConfigProblems(file);
            problems.add(documents.get(1).methodLine(), "a second document; expected a config of one");
            throw problems.exception();
        }
        return documents.getFirst();
    }

    /** The same for bytes that are at hand; {@code file} is only what problems call them. */
    public static List<MergeConfig> parseAll(Path file, byte[] bytes) throws PlanException {
        if (bytes.length > MAX_BYTES) {
            throw refusal(file, "larger than 1 MiB, which no config is");
        }
        try {
            String source = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
            return ConfigReader.read(file, source);
        } catch (CharacterCodingException e) {
            throw refusal(file, "not UTF-8 text");
        }
    }

    /** Whether the result is a stack of slices of layers. */
    public boolean isStack() {
        return slices.getFirst().layers().isPresent();
    }

    /** Every entry that names a model, slice after slice; a model listed twice is here twice. */
    public List<ModelEntry> models() {
        return slices.stream().flatMap(slice -> slice.sources().stream()).toList();
    }

    /** Every model that is named, as it is named: also as a base. */
    public Set<String> references() {
        Set<String> references = new LinkedHashSet<>();
        Stream.concat(
                        Stream.concat(models().stream(), baseModel.stream()),
                        slices.stream().flatMap(slice -> slice.baseModel().stream()))
                .forEach(entry -> references.add(entry.model()));
        return references;
    }

    /** What messages call the entry: "models[1]", "slices[0].sources[1]", or "base_model" for a base that is not listed. */
    String label(ModelEntry entry) {
        for (int i = 0; i < slices.size(); i++) {
            int place = slices.get(i).sources().indexOf(entry);
            if (place >= 0) {
                return isStack() ? "slices[" + i + "].sources[" + place + "]" : "models[" + place + "]";
            }
        }
        return "base_model";
    }

    private static PlanException refusal(Path file, String message) {
        ConfigProblems problems = new ConfigProblems(file);
        problems.add(0, message);
        return problems.exception();
    }
}
