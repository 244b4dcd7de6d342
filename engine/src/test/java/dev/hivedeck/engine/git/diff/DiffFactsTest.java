package dev.hivedeck.engine.git.diff;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hivedeck.engine.TestRepository;
import dev.hivedeck.engine.git.Git;
import java.nio.file.Path;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What counts of a diff, and what a reader is to know of it before reading. */
class DiffFactsTest {
  @TempDir Path folder;

  private static String lines(int from, int to) {
    return IntStream.range(from, to)
        .mapToObj(i -> "value_" + i + " = compute(" + i + ")\n")
        .collect(Collectors.joining());
  }

  @Test
  void generatedMovedBlankAndWhiteSpaceLinesDoNotCount() {
    var sandbox = new TestRepository(folder);
    sandbox.write("app.py", lines(0, 40));
    sandbox.write("package-lock.json", "{}\n");
    sandbox.commit("Begin");
    String base = sandbox.git("rev-parse", "HEAD");
    // Ten lines move to another file, ten are indented, three are new, one is gone.
    sandbox.write("app.py", lines(0, 9) + lines(10, 20).indent(4) + lines(30, 40) + "\n\n");
    sandbox.write("moved.py", lines(20, 30) + "a = 1\nb = 2\nc = 3\n");
    sandbox.write("package-lock.json", lines(0, 500));
    sandbox.write("dist/app.min.js", lines(0, 300));
    sandbox.commit("Change");
    var facts = Diffs.facts(new Git(sandbox.repository), base, sandbox.git("rev-parse", "HEAD"));
    assertThat(facts.lines()).isEqualTo(4);
    assertThat(facts.skipped()).isGreaterThan(800);
  }

  @Test
  void testsThatWentAndNewDependenciesAreSeen() {
    var sandbox = new TestRepository(folder);
    sandbox.write("tests/test_gone.py", "def test_a():\n    assert True\n");
    sandbox.write(
        "tests/test_orders.py",
        "def test_a():\n    assert one() == 1\n    assert two() == 2\n\ndef test_b():\n    pass\n");
    sandbox.write("requirements.txt", "flask==3.0\n");
    sandbox.write("package.json", "{\n  \"version\": \"1.0.0\",\n  \"dependencies\": {\n  }\n}\n");
    sandbox.write("pom.xml", "<artifactId>kept</artifactId>\n");
    sandbox.commit("Begin");
    String base = sandbox.git("rev-parse", "HEAD");
    sandbox.git("rm", "-q", "tests/test_gone.py");
    sandbox.write("tests/test_orders.py", "def test_a():\n    assert one() == 1\n");
    sandbox.write("requirements.txt", "flask==3.1\nrequests>=2\n");
    sandbox.write(
        "package.json",
        "{\n"
            + "  \"version\": \"1.1.0\",\n"
            + "  \"dependencies\": {\n"
            + "    \"left-pad\": \"^1.3.0\"\n"
            + "  }\n"
            + "}\n");
    sandbox.write(
        "pom.xml", "<artifactId>kept</artifactId>\n<artifactId>jackson-core</artifactId>\n");
    sandbox.commit("Change");
    var facts = Diffs.facts(new Git(sandbox.repository), base, sandbox.git("rev-parse", "HEAD"));
    assertThat(facts.deletedTests()).containsExactly("tests/test_gone.py");
    assertThat(facts.lostTests()).isEqualTo(1);
    assertThat(facts.lostAsserts()).isEqualTo(1);
    assertThat(facts.dependencies()).containsExactly("jackson-core", "left-pad", "requests");
  }
}
