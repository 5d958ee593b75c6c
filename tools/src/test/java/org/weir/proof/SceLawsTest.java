package org.weir.proof;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What SCE selects. */
class SceLawsTest {
    @TempDir
    private Path folder;

    /** mergekit multiplies the share with the number of places in f32: of these products, those in f64 are below whole numbers. */
    @ParameterizedTest
    @CsvSource({
        "90, 0.7, 63",
        "100, 0.29, 29",
        "100, 0.57, 57",
        "180, 0.35, 63",
        "10, 0.3, 3",
        "90, 0.69, 62",
        "9, 0.1, 0"
    })
    void selectsItsShareOfThePlacesThatDiffer(int places, double share, long selected) throws IOException {
        Path base = write("base", places, 0);
        Config config = Config.of("sce")
                .base(base)
                .model(write("one", places, 1))
                .model(write("other", places, 3))
                .with("select_topk: " + share);
        assertEquals(
                selected,
                Weir.merge(folder, config.toString())
                        .values()
                        .filter(x -> x != 0)
                        .count());
    }

    private Path write(String name, int places, double factor) throws IOException {
        Tensor tensor = Tensor.of(Format.F32, List.of(places), i -> factor * (i + 1));
        Path path = folder.resolve(name);
        new Model(Map.of("weight", tensor)).write(path, 1);
        return path;
    }
}
