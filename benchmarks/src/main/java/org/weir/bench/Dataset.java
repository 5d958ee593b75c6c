package org.weir.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A base and its experts, as {@code weir synth} makes them.
 *
 * @param grams Gram matrices that are taken for those of every expert; empty where there are none yet
 */
record Dataset(Path base, List<Path> experts, Path grams) {
    Dataset {
        experts = List.copyOf(experts);
    }

    static Dataset in(Path folder, int experts) throws IOException {
        List<Path> folders = new ArrayList<>();
        for (int i = 1; i <= experts; i++) {
            folders.add(folder.resolve("expert-" + i));
        }
        for (Path expert : folders) {
            if (!Files.isDirectory(expert)) {
                throw new IOException(expert + " is missing; give another --data, or fewer --experts");
            }
        }
        return new Dataset(folder.resolve("base"), folders, Path.of(""));
    }

    /** As many experts as wanted, by links to those that are there. */
    Dataset repeated(int count, Path linksIn) throws IOException {
        Files.createDirectories(linksIn);
        List<Path> links = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            Path link = linksIn.resolve("expert-" + (i + 1));
            if (!Files.exists(link)) {
                Files.createSymbolicLink(link, experts.get(i % experts.size()));
            }
            links.add(link);
        }
        return new Dataset(base, links, grams);
    }

    Dataset withGrams(Path folder) throws IOException {
        Grams.write(base, folder);
        return new Dataset(base, experts, folder);
    }

    /** No more experts than a job takes. */
    Dataset fitting(Job job) {
        return new Dataset(base, experts.subList(0, Math.min(experts.size(), job.mostExperts())), grams);
    }

    List<Path> folders(boolean withBase) {
        List<Path> folders = new ArrayList<>(experts);
        if (withBase) {
            folders.addFirst(base);
        }
        return folders;
    }

    long outputBytes() throws IOException {
        return Weights.bytes(List.of(base));
    }
}
