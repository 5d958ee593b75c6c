package org.weir.cli;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;

import com.tngtech.archunit.core.domain.JavaCall;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption.Predefined;
import java.nio.channels.FileChannel;
import org.junit.jupiter.api.Test;

/** The arrows of ARCHITECTURE.md, and a few house rules that a machine can keep. */
final class ArrowsTest {

    private static final JavaClasses WEIR = new ClassFileImporter()
            .withImportOption(Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("org.weir");

    @Test
    void packagesDependInOneDirectionOnly() {
        layeredArchitecture()
                .consideringOnlyDependenciesInLayers()
                .layer("cli")
                .definedBy("org.weir.cli")
                .layer("engine")
                .definedBy("org.weir.engine")
                .layer("plan")
                .definedBy("org.weir.plan")
                .layer("method")
                .definedBy("org.weir.method")
                .layer("stage")
                .definedBy("org.weir.stage")
                .layer("checkpoint")
                .definedBy("org.weir.checkpoint")
                .layer("simd")
                .definedBy("org.weir.simd")
                .whereLayer("cli")
                .mayNotBeAccessedByAnyLayer()
                .whereLayer("engine")
                .mayOnlyBeAccessedByLayers("cli")
                .whereLayer("plan")
                .mayOnlyBeAccessedByLayers("cli", "engine")
                .whereLayer("method")
                .mayOnlyBeAccessedByLayers("cli", "engine", "plan")
                .whereLayer("stage")
                .mayOnlyBeAccessedByLayers("engine", "plan", "method")
                .whereLayer("checkpoint")
                .mayOnlyBeAccessedByLayers("cli", "engine", "plan")
                .whereLayer("simd")
                .mayOnlyBeAccessedByLayers("cli", "engine", "plan", "method", "stage")
                .check(WEIR);
    }

    @Test
    void onlySimdKnowsTheVectorApi() {
        noClasses()
                .that()
                .resideOutsideOfPackage("org.weir.simd")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("jdk.incubator..")
                .check(WEIR);
    }

    @Test
    void onlyTheCommandsEndTheProcess() {
        noClasses()
                .that()
                .resideOutsideOfPackage("org.weir.cli")
                .should()
                .callMethod(System.class, "exit", int.class)
                .check(WEIR);
    }

    /** Output is never written through a mapping, and one class decides how a file becomes memory; a journal is neither. */
    @Test
    void onlyOneClassMapsWeights() {
        noClasses()
                .that()
                .doNotHaveFullyQualifiedName("org.weir.checkpoint.MappedShard")
                .and()
                .doNotHaveFullyQualifiedName("org.weir.checkpoint.Journal")
                .should()
                .callMethodWhere(describe("map a file", ArrowsTest::mapsAFile))
                .check(WEIR);
    }

    private static boolean mapsAFile(JavaCall<?> call) {
        return call.getName().equals("map") && call.getTargetOwner().isAssignableTo(FileChannel.class);
    }

    /** A clock that is set while a merge runs changes what timestamps say, and nothing else. */
    @Test
    void onlyTimestampsAskForTheTimeOfDay() {
        noClasses()
                .that()
                .haveSimpleNameNotEndingWith("OutputLock")
                .and()
                .haveSimpleNameNotEndingWith("CounterFile")
                .and()
                .haveSimpleNameNotEndingWith("MergeManifest")
                .should()
                .callMethodWhere(describe("ask for the time of day", ArrowsTest::asksForTheTimeOfDay))
                .check(WEIR);
    }

    private static boolean asksForTheTimeOfDay(JavaCall<?> call) {
        String owner = call.getTargetOwner().getName();
        return call.getName().equals("currentTimeMillis")
                || call.getName().equals("now") && owner.startsWith("java.time.")
                || owner.equals("java.time.Clock") && call.getName().startsWith("system");
    }

    @Test
    void namesSayWhatATypeIsFor() {
        noClasses()
                .should()
                .haveNameMatching(".*(Util|Utils|Helper|Manager|Context)")
                .check(WEIR);
    }
}
