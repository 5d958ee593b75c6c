package org.weir.cli;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.nio.channels.FileChannel;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The arrows of ARCHITECTURE.md, and a few house rules that a machine can keep. */
final class ArrowsTest {

    private static final JavaClasses WEIR =
            new ClassFileImporter(new ImportOption.DoNotIncludeTests()).importPackages("org.weir");

    @Test
    void packagesDependInOneDirectionOnly() {
        layeredArchitecture()
                .consideringOnlyDependenciesInLayers()
                .layer("cli").definedBy("org.weir.cli")
                .layer("engine").definedBy("org.weir.engine")
                .layer("plan").definedBy("org.weir.plan")
                .layer("method").definedBy("org.weir.method")
                .layer("stage").definedBy("org.weir.stage")
                .layer("checkpoint").definedBy("org.weir.checkpoint")
                .layer("simd").definedBy("org.weir.simd")
                .whereLayer("cli").mayNotBeAccessedByAnyLayer()
                .whereLayer("engine").mayOnlyBeAccessedByLayers("cli")
                .whereLayer("plan").mayOnlyBeAccessedByLayers("cli", "engine")
                .whereLayer("method").mayOnlyBeAccessedByLayers("cli", "engine", "plan")
                .whereLayer("stage").mayOnlyBeAccessedByLayers("engine", "plan", "method")
                .whereLayer("checkpoint").mayOnlyBeAccessedByLayers("cli", "engine", "plan")
                .whereLayer("simd").mayOnlyBeAccessedByLayers("cli", "engine", "plan", "method", "stage")
                .check(WEIR);
    }

    @Test
    void onlySimdImportsTheIncubator() {
        noClasses()
                .that().resideOutsideOfPackage("org.weir.simd")
                .should().dependOnClassesThat().resideInAPackage("jdk.incubator..")
                .check(WEIR);
    }

    @Test
    void onlyTheCommandsExitTheProcess() {
        noClasses()
                .that().resideOutsideOfPackage("org.weir.cli")
                .should().callMethod(System.class, "exit", int.class)
                .check(WEIR);
    }

    /** Output is never written through a mapping, and one class decides how a file becomes memory. */
    @Test
    void onlyOneClassMapsFiles() {
        noClasses()
                .that().doNotHaveFullyQualifiedName("org.weir.checkpoint.MappedShard")
                .should().callMethodWhere(
                        com.tngtech.archunit.base.DescribedPredicate.describe(
                                "FileChannel.map",
                                call -> call.getName().equals("map")
                                        && call.getTargetOwner().isAssignableTo(FileChannel.class)))
                .check(WEIR);
    }

    @Test
    void noTypeIsNamedForNothingInParticular() {
        classes()
                .should(new com.tngtech.archunit.lang.ArchCondition<>("have a name that says what they do") {
                    private static final Pattern EMPTY = Pattern.compile(".*(Util|Utils|Helper|Manager|Context)$");

                    @Override
                    public void check(
                            com.tngtech.archunit.core.domain.JavaClass type,
                            com.tngtech.archunit.lang.ConditionEvents events) {
                        if (EMPTY.matcher(type.getSimpleName()).matches()) {
                            events.add(com.tngtech.archunit.lang.SimpleConditionEvent.violated(
                                    type, type.getName() + " says nothing"));
                        }
                    }
                })
                .check(WEIR);
    }
}
