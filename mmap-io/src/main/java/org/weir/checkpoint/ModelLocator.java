package org.weir.checkpoint;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Turns what a config says about a model into a path, in mergekit's order: a path, absolute or from the working
 * directory; else the name of a model that a Hugging Face cache holds, {@code org/model[@revision]}. Nothing is ever
 * downloaded.
 */
public final class ModelLocator {
    /** A repository, with its owner or (an early model) without, and maybe a revision: a branch, a tag or a commit. */
    private static final Pattern CACHE_NAME =
            Pattern.compile("(?<repository>[\\w.-]+(/[\\w.-]+)?)(@(?<revision>[\\w.-]+(/[\\w.-]+)*))?");

    /** What the hub would take for a repository: its names begin with a letter or a digit. */
    private static final Pattern DOWNLOADABLE =
            Pattern.compile("[A-Za-z0-9][\\w.-]*(/[A-Za-z0-9][\\w.-]*)?(@[A-Za-z0-9].*)?");

    private static final Pattern COMMIT = Pattern.compile("[0-9a-f]+");

    private final Path workingDirectory;
    private final Map<String, String> environment;
    private final Set<Path> lookedAt = new LinkedHashSet<>();

    private ModelLocator(Path workingDirectory, Map<String, String> environment) {
        this.workingDirectory = workingDirectory;
        this.environment = environment;
    }

    /**
     * Finds a model on this machine.
     *
     * @param environment the variables of the process, of which HF_HUB_CACHE, HF_HOME, XDG_CACHE_HOME and HOME matter
     * @return a folder or file that exists
     * @throws NoSuchFileException naming every place that was looked at, and what to do
     */
    public static Path find(String reference, Path workingDirectory, Map<String, String> environment)
            throws NoSuchFileException {
        ModelLocator locator = new ModelLocator(workingDirectory, environment);
        return locator.onDisk(reference)
                .or(() -> locator.inCaches(reference))
                .orElseThrow(() -> locator.notFound(reference));
    }

    private Optional<Path> onDisk(String reference) {
        try {
            return ifThere(workingDirectory.resolve(reference));
        } catch (InvalidPathException e) {
            return Optional.empty();
        }
    }

    private Optional<Path> inCaches(String reference) {
        Matcher name = CACHE_NAME.matcher(reference);
        if (!name.matches() || reference.contains("..")) {
            return Optional.empty();
        }
        String folder = "models--" + name.group("repository").replace("/", "--");
        String revision = Optional.ofNullable(name.group("revision")).orElse("main");
        return caches().stream()
                .flatMap(cache -> ifThere(cache.resolve(folder)).stream())
                .flatMap(model -> snapshot(model, revision).stream())
                .findFirst();
    }

    /**
     * Looks where huggingface_hub does, but in all of these: a model that is on the disk is not missed for a variable.
     */
    private Set<Path> caches() {
        Set<Path> caches = new LinkedHashSet<>();
        variable("HF_HUB_CACHE").ifPresent(caches::add);
        variable("HF_HOME").map(home -> home.resolve("hub")).ifPresent(caches::add);
        variable("XDG_CACHE_HOME")
                .map(cache -> cache.resolve("huggingface/hub"))
                .ifPresent(caches::add);
        variable("HOME").map(home -> home.resolve(".cache/huggingface/hub")).ifPresent(caches::add);
        return caches;
    }

    private Optional<Path> variable(String name) {
        String value = environment.getOrDefault(name, "");
        if (value.startsWith("~/")) {
            value = environment.getOrDefault("HOME", "~") + value.substring(1);
        }
        return value.isBlank() ? Optional.empty() : Optional.of(workingDirectory.resolve(value));
    }

    /** A branch or tag is a small file that holds the commit; a commit stands for itself. */
    private Optional<Path> snapshot(Path model, String revision) {
        Path ref = model.resolve("refs").resolve(revision);
        String commit = revision;
        if (Files.isRegularFile(ref)) {
            try {
                commit = Files.readString(ref).strip();
            } catch (IOException e) {
                commit = "";
            }
        }
        if (!COMMIT.matcher(commit).matches()) {
            lookedAt.add(ref);
            return Optional.empty();
        }
        return ifThere(model.resolve("snapshots").resolve(commit));
    }

    private Optional<Path> ifThere(Path path) {
        lookedAt.add(path);
        return Optional.of(path).filter(Files::exists);
    }

    private NoSuchFileException notFound(String reference) {
        String places = lookedAt.stream().map(Printable::path).collect(Collectors.joining(", "));
        return new NoSuchFileException(
                Printable.of(reference),
                null,
                "no such model; looked at " + places + hint(reference) + "; nothing is downloaded");
    }

    private static String hint(String reference) {
        if (reference.startsWith("~")) {
            return "; ~ is not expanded, write the path out";
        }
        return CACHE_NAME.matcher(reference).matches()
                        && DOWNLOADABLE.matcher(reference).matches()
                        && !reference.contains("..")
                ? "; give a folder, or fetch it first (hf download " + reference.replace("@", " --revision ") + ")"
                : "";
    }
}
