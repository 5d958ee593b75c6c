package org.weir.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.weir.method.MergeMethod;
import org.weir.method.MergeMethods;
import org.weir.method.MethodInfo;
import org.weir.method.Param;

class MethodsCommandTest {
    @Test
    void listsEveryMethodOnALine() {
        Ran ran = Ran.weir("methods");
        assertEquals(ExitCode.DONE, ran.code());
        assertEquals(MergeMethods.all().size() + 1, ran.outLines().size());
        for (MergeMethod method : MergeMethods.all()) {
            assertTrue(
                    ran.out().contains("\n" + method.info().name() + " "),
                    method.info().name());
        }
    }

    @Test
    void describesAMethodWithAllItsParameters() {
        for (MergeMethod method : MergeMethods.all()) {
            MethodInfo info = method.info();
            String text = Ran.weir("methods", info.name()).out();
            assertTrue(text.contains(info.summary()) && text.contains(info.formula()), text);
            assertTrue(text.contains("\ncost        reads large tensors "), text);
            assertTrue(text.contains(info.reference()) && text.contains(info.differsFromMergekit()), text);
            for (Param param : info.params()) {
                assertTrue(text.contains("\n" + param.name() + " "), param.name());
            }
        }
    }

    @Test
    void saysWhatAMethodCosts() {
        String ties = Ran.weir("methods", "ties").out();
        assertTrue(
                ties.contains("3 times, 2 where all are of 16 bits; floats of state per element of a strip: 5"), ties);
        String linear = Ran.weir("methods", "linear").out();
        assertTrue(linear.contains("reads large tensors once; floats of state per element of a strip: 1"), linear);
        String consensus = Ran.weir("methods", "consensus").out();
        assertTrue(consensus.contains("per element of a strip: 2 + one per expert"), consensus);
    }

    @Test
    void namesTheMethodsThatThereAreForOneThatIsNot() {
        Ran ran = Ran.weir("methods", "magic");
        assertEquals(ExitCode.USAGE, ran.code());
        assertTrue(ran.err().startsWith("weir: no method 'magic'; there are linear, "), ran.err());
    }

    @Test
    void guessesWhichMethodWasMeant() {
        Ran ran = Ran.weir("methods", "tis");
        assertEquals(ExitCode.USAGE, ran.code());
        assertEquals(List.of("weir: no method 'tis'; did you mean 'ties'? See 'weir methods --help'"), ran.errLines());
    }

    @Test
    void printsTheTablesOfTheReadme() {
        Ran methods = Ran.weir("methods", "--markdown");
        assertEquals(MergeMethods.all().size() + 2, methods.outLines().size());
        Ran options = Ran.weir("methods", "--markdown", "--options");
        assertTrue(options.out().contains("| `-j, --num-threads N` | "), options.out());
        assertTrue(options.out().contains("`--[no-]copy-tokenizer`"), options.out());
        assertTrue(!options.out().contains("--cuda") && !options.out().contains("DEFAULT-VALUE"), options.out());
    }

    @Test
    void withJsonAMethodIsAnObject() {
        String line = Ran.weir("methods", "linear", "--log-format=json").out();
        assertTrue(line.startsWith("{\"name\":\"linear\",") && line.lines().count() == 1, line);
    }
}
