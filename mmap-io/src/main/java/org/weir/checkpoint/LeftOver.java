package org.weir.checkpoint;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What a run that ended before its time left of an output. */
final class LeftOver {
    private final Staging staging;
    private final ShardLayout layout;
    private final Optional<JournalFormat.Content> journal;

    private LeftOver(Staging staging, ShardLayout layout, Optional<JournalFormat.Content> journal) {
        this.staging = staging;
        this.layout = layout;
        this.journal = journal;
    }

    static LeftOver in(Staging staging, ShardLayout layout) throws IOException {
        return new LeftOver(
                staging, layout, staging.isLeftOver() ? JournalFormat.read(staging.journal()) : Optional.empty());
    }

    boolean isThere() {
        return staging.isLeftOver() && Files.isDirectory(staging.folder(), LinkOption.NOFOLLOW_LINKS);
    }

    /** What keeps a run from going on with it. */
    Optional<String> obstacle(RunIdentity identity) throws IOException {
        if (!isThere()) {
            return Optional.empty();
        }
        if (journal.isEmpty()) {
            return Optional.of("there is no journal of what it had finished");
        }
        Optional<String> difference = journal.get().identity().differenceTo(identity);
        return difference.isPresent()
                ? difference.map(what -> what + " is not as it was")
                : lostShard().map(file -> Printable.quoted(file) + " is no longer what it had staged");
    }

    /** What it had finished, as far as such ranges can be. */
    List<Claim> claims() {
        return journal.stream()
                .flatMap(content -> content.claims().stream())
                .filter(claim -> claim.fits(layout))
                .toList();
    }

    /** Removes what is made when all tensors are: it will be made again. Why a JVM crashed is not made again. */
    void removeOthers() throws IOException {
        Set<String> shards =
                layout.shards().stream().map(ShardLayout.Shard::fileName).collect(Collectors.toSet());
        try (Stream<Path> files = Files.list(staging.folder())) {
            for (Path file : files.toList()) {
                if (!shards.contains(String.valueOf(file.getFileName())) && !CrashPages.isOne(file)) {
                    Folders.removeTree(file);
                }
            }
        }
    }

    private Optional<String> lostShard() throws IOException {
        for (ShardLayout.Shard shard : layout.shards()) {
            Path file = staging.folder().resolve(shard.fileName());
            if (!Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
                return Optional.of(shard.fileName());
            }
            BasicFileAttributes found =
                    Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
            if (!found.isRegularFile() || found.size() > shard.fileBytes()) {
                return Optional.of(shard.fileName());
            }
        }
        return Optional.empty();
    }
}
