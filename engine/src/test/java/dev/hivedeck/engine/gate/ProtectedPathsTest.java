package dev.hivedeck.engine.gate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hivedeck.engine.TestRepository;
import dev.hivedeck.engine.git.Git;
import dev.hivedeck.engine.git.diff.ChangedFile;
import dev.hivedeck.engine.git.diff.CommitTree;
import dev.hivedeck.engine.git.diff.Diffs;
import dev.hivedeck.engine.protocol.view.ChangeViews.Risk;
import dev.hivedeck.engine.protocol.view.ChangeViews.RiskKind;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a person approves whatever the kind of work. */
class ProtectedPathsTest {
  @TempDir Path folder;
  private TestRepository sandbox;

  /** A repository, for those that need one. */
  private TestRepository sandbox() {
    if (sandbox == null) {
      sandbox = new TestRepository(folder);
    }
    return sandbox;
  }

  private static ProtectedPaths standard(String... more) {
    return ProtectedPaths.of(List.of(), List.of(more), null, null);
  }

  private static GateSpec gate(String command) {
    return new GateSpec(
        "g", GateSpec.Kind.RUN, command, List.of("attempt"), null, GateSpec.Place.EITHER, null);
  }

  private static ChangedFile added(String path) {
    return new ChangedFile('A', path, null, "000000", "100644", "0", "1", 1, 0, true, true);
  }

  private static List<RiskKind> kinds(ProtectedPaths paths, String path) {
    return paths.touched(List.of(added(path)), id -> "").stream().map(Risk::kind).toList();
  }

  @ParameterizedTest
  @CsvSource({
    ".hivedeck/hive.yaml, POLICY",
    ".hivedeck, POLICY",
    ".hivedeck/recipes/a.yaml, POLICY",
    "CODEOWNERS, OWNERS",
    "docs/CODEOWNERS, OWNERS",
    ".github/CODEOWNERS, OWNERS",
    ".gitlab/CODEOWNERS, OWNERS",
    ".github/workflows/ci.yml, CI",
    ".github, CI",
    ".gitlab-ci.yml, CI",
    "Jenkinsfile, CI",
    "ci/Jenkinsfile.release, CI",
    ".circleci/config.yml, CI",
    "azure-pipelines.yml, CI",
    ".buildkite/pipeline.yml, CI",
    "bitbucket-pipelines.yml, CI",
    ".travis.yml, CI",
    ".drone.yml, CI",
    ".woodpecker/test.yml, CI",
    ".husky/pre-commit, HOOKS",
    "web/.husky/pre-push, HOOKS",
    ".githooks/pre-commit, HOOKS",
    "lefthook.yml, HOOKS",
    ".pre-commit-config.yaml, HOOKS",
    ".gitattributes, GIT",
    "web/.gitattributes, GIT",
    ".gitmodules, GIT",
    ".lfsconfig, GIT",
    ".claude/settings.json, TOOLS",
    ".mcp.json, TOOLS",
    ".vscode/tasks.json, TOOLS",
    ".envrc, TOOLS",
    ".worktreeinclude, TOOLS"
  })
  void theUsualIsProtectedEverywhere(String path, RiskKind kind) {
    assertThat(kinds(standard(), path)).containsExactly(kind);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        ".HiveDeck/hive.yaml",
        ".hivede\u200Cck/hive.yaml",
        ".hivedeck./hive.yaml",
        ".GITHUB/workflows/ci.yml",
        ".github /workflows/ci.yml",
        "codeowners",
        ".GitAttributes",
        "JENKINSFILE"
      })
  void howeverAPathIsSpelt(String path) {
    assertThat(kinds(standard(), path)).hasSize(1);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "src/hivedeck/a.java",
        "docs/github/workflows.md",
        "README.md",
        ".gitignore",
        "package.json",
        "src/codeowners.py",
        "check.sh",
        "githooks.md",
        "a/.hivedeckx/b"
      })
  void ordinaryWorkIsNot(String path) {
    assertThat(kinds(standard(), path)).isEmpty();
  }

  @Test
  void aTeamProtectsMore() {
    assertThat(kinds(standard("/db/Schema.sql", "*.proto"), "db/schema.sql"))
        .containsExactly(RiskKind.PROTECTED);
    assertThat(kinds(standard("/db/schema.sql", "*.proto"), "api/v1/orders.proto"))
        .containsExactly(RiskKind.PROTECTED);
    assertThat(kinds(standard("/db/schema.sql"), "other/db/schema.sql")).isEmpty();
  }

  @Test
  void theFolderOfGitsHooksIsProtected() {
    var paths = ProtectedPaths.of(List.of(), List.of(), "tools/hooks", null);
    assertThat(kinds(paths, "tools/hooks/pre-commit")).containsExactly(RiskKind.HOOKS);
    assertThat(kinds(paths, "tools/a.py")).isEmpty();
  }

  // ── what gates run ──────────────────────────────────────────────────────────────────────────

  /** What main holds for the gates of {@link #whatAGateRunsIsProtected}. */
  private static CommitTree tools;

  @BeforeAll
  static void tools(@TempDir Path folder) {
    var sandbox = new TestRepository(folder);
    sandbox.write("check.sh", "exit 0\n");
    sandbox.write("tools/x.py", "print(1)\n");
    sandbox.write("tools/y.mjs", "1\n");
    sandbox.write("tools/jest.json", "{}\n");
    sandbox.write("web/a.js", "1\n");
    sandbox.write("pkg/check.py", "1\n");
    sandbox.write("tools/C.java", "class C {}\n");
    sandbox.write("tools/go/main.go", "package main\n");
    sandbox.write("xtask/src/main.rs", "fn main() {}\n");
    sandbox.write("gates/a.sh", "x\n");
    sandbox.commit("Tools");
    tools = CommitTree.of(new Git(sandbox.repository), "HEAD");
  }

  private List<String> touched(String command, String... changed) {
    sandbox().git("add", "--all");
    sandbox().git("commit", "--quiet", "--allow-empty", "-m", "More");
    var git = new Git(sandbox().repository);
    return touched(CommitTree.of(git, git.must("rev-parse", "HEAD")), command, changed);
  }

  private static List<String> touched(CommitTree main, String command, String... changed) {
    var paths = ProtectedPaths.of(List.of(gate(command)), List.of(), null, main);
    var files = new ArrayList<ChangedFile>();
    for (String path : changed) {
      files.add(added(path));
    }
    return paths.touched(files, id -> "").stream()
        .filter(risk -> risk.kind() == RiskKind.GATE && risk.gate().equals("g"))
        .map(Risk::path)
        .toList();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '#',
      value = {
        "sh ./check.sh                          # check.sh",
        "./check.sh                             # check.sh",
        "bash -eu check.sh --fast               # check.sh",
        "set -e; cd tools && ./x.py             # tools/x.py",
        "python3 tools/x.py a b                 # tools/x.py",
        "python3 -m tools.x                     # tools/x.py",
        "PYTHONPATH=. python tools/x.py         # tools/x.py",
        "env A=1 timeout 30 sh check.sh         # check.sh",
        "bash -c 'cd tools; python x.py'        # tools/x.py",
        "if true; then sh check.sh; fi          # check.sh",
        "true && (sh check.sh) || exit 1        # check.sh",
        "out=$(sh check.sh)                     # check.sh",
        "sh \"$HIVEDECK_WORKSPACE/check.sh\"    # check.sh",
        "sh ${PWD}/check.sh                     # check.sh",
        ". ./check.sh && run                    # check.sh",
        "CHECK.SH                               # ''",
        "node --test tools/y.mjs                # tools/y.mjs",
        "jest --config tools/jest.json          # tools/jest.json",
        "jest --config=tools/jest.json          # tools/jest.json",
        "make check                             # Makefile",
        "make check                             # GNUmakefile",
        "make -C tools check                    # tools/Makefile",
        "npm test                               # package.json",
        "npx vitest run                         # vitest.config.ts",
        "yarn lint                              # package.json",
        "cd web && pnpm test                    # web/package.json",
        "npm --prefix web test                  # web/package.json",
        "mvn -q verify                          # pom.xml",
        "./mvnw verify                          # .mvn/wrapper/maven-wrapper.properties",
        "./gradlew check                        # gradlew",
        "./gradlew check                        # build.gradle.kts",
        "just test                              # justfile",
        "task test                              # Taskfile.yml",
        "rake spec                              # Rakefile",
        "tox                                    # tox.ini",
        "nox -s tests                           # noxfile.py",
        "cargo test                             # .cargo/config.toml",
        "eslint .                               # eslint.config.js",
        "ruff check                             # ruff.toml",
        "poetry run pytest                      # pytest.ini",
        "pytest -q                              # pyproject.toml",
        "flake8                                 # setup.cfg",
        "bazel test //...                       # tools/bazel",
        "bazel test //...                       # BUILD",
        "mix test                               # mix.exs",
        "sbt test                               # build.sbt",
        "sbt test                               # project/plugins.sbt",
        "deno test                              # deno.json",
        "cmake --build b && ctest               # CMakeLists.txt",
        "ctest --preset x                       # CMakePresets.json",
        "meson test                             # meson.build",
        "bundle exec rspec                      # Gemfile",
        "npx vitest run                         # vite.config.ts",
        "npx jest                               # node_modules/.bin/jest",
        "node tools/y.mjs                       # tools/node_modules/x/index.js",
        "cargo test                             # build.rs",
        "eslint .                               # .eslintignore",
        "python3 tools/x.py                     # tools/json.py",
        "python3 tools/x.py                     # tools/re/__init__.py",
        "cd tools && python x.py                # tools/sitecustomize.py",
        "python3 -m tools.x                     # os.py",
        "for f in gates/*.sh; do sh $f; done    # gates/new.sh",
        "for f in gates/*.sh; do \"$f\"; done # gates/new.sh",
        "[ ! -f ./local.sh ] || . ./local.sh    # local.sh",
        "python3 -m pkg.check                   # pkg/__init__.py",
        "python3 tools/x.py                     # tools/__pycache__/y.cpython-313.pyc",
        "sh check.sh                            # lib/__pycache__/y.cpython-313.pyc",
        "make check                             # Makefile.sh",
        "make check                             # check",
        "make -C tools check                    # tools/check",
        "[ -x .venv/bin/x ] || a; .venv/bin/x   # .venv/bin/x",
        "out/x --all                            # out/x",
        "pytest                                 # .venv/bin/pytest",
        "java tools/C.java                      # tools/C.java",
        "cat check.sh | sh                      # check.sh",
        "cat check.sh | bash -eu                # check.sh",
        "sh < check.sh                          # check.sh",
        "ls gates/*.sh | xargs -n1 sh           # gates/a.sh",
        "find gates -name a.sh -exec sh {} +    # gates/a.sh",
        "find gates -type f | xargs sh          # gates/a.sh",
        "D=tools; python3 $D/x.py               # tools/x.py",
        "export D=tools; python3 ${D}/x.py      # tools/x.py",
        "A=to; B=${A}ols; python3 $B/x.py       # tools/x.py",
        "PATH=bin:$PATH mycheck                 # bin/mycheck",
        "export PATH=\"$PWD/bin:$PATH\"; x      # bin/x",
        "go run ./tools/go                      # tools/go/main.go",
        "eval \"$(cat check.sh)\"               # check.sh",
        "BASH_ENV=check.sh bash -c true         # check.sh",
        "sh \"$(git rev-parse --show-toplevel)/check.sh\" # check.sh",
        "mypy src                               # .mypy.ini",
        "eslint .                               # web/.eslintrc.json",
        "ruff check                             # web/ruff.toml",
        "cargo fmt --check                      # rustfmt.toml",
        "rake test                              # rakelib/a.rake",
        "cargo run --quiet -p xtask -- check    # xtask/src/main.rs",
      })
  void whatAGateRunsIsProtected(String command, String path) {
    assertThat(touched(tools, command, path)).isEqualTo(path.isEmpty() ? List.of() : List.of(path));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '#',
      value = {
        "grep -q good f.txt                     # f.txt",
        "test -e f.txt && cat < f.txt           # f.txt",
        "pytest tests/                          # tests/test_a.py",
        "npm test                               # src/a.js",
        "sh check.sh                            # src/check.sh.md",
        "python -m json.tool data.json          # data.json",
        "make check                             # src/a.c",
        "python3 check.py                       # app.py",
        "python3 tools/x.py                     # src/json.py",
        "python3 tools/x.py                     # tools/words.txt",
        "for f in src/*.c; do cc $f; done       # src/a.c",
        "node tools/y.mjs                       # src/new.mjs",
        "pytest                                 # tests/conftest.py",
        "cargo test                             # src/lib.rs",
        "go test ./...                          # src/main.go",
        "find src -name '*.c' | xargs cc        # src/a.c",
        "cat f.txt | grep -q x                  # f.txt",
        "D=src; grep -rq x $D                   # src/a.c",
        "make check                             # src/check",
      })
  void whatAGateLooksAtIsWork(String command, String path) {
    sandbox().write(path, "x\n");
    sandbox().write("check.sh", "grep -q x f.txt\n");
    sandbox().write("Makefile", "check:\n\tcc src/a.c\n");
    sandbox().write("package.json", "{\"scripts\":{\"test\":\"jest src\"}}");
    assertThat(touched(command, path)).isEmpty();
  }

  @Test
  void whatAScriptRunsIsProtectedToo() {
    sandbox().write("check.sh", "#!/bin/sh\n. scripts/lib.sh\nsh scripts/lint.sh src/a.c\n");
    sandbox().write("scripts/lib.sh", "x\n");
    sandbox().write("scripts/lint.sh", "python3 \"scripts/lint.py\"\n");
    sandbox().write("scripts/lint.py", "from rules import all\n");
    sandbox().write("scripts/rules.py", "all = 1\n");
    sandbox().write("src/a.c", "x\n");
    assertThat(
            touched(
                "./check.sh",
                "check.sh",
                "scripts/lib.sh",
                "scripts/lint.sh",
                "scripts/lint.py",
                "scripts/rules.py",
                "src/a.c"))
        .containsExactly(
            "check.sh", "scripts/lib.sh", "scripts/lint.sh", "scripts/lint.py", "scripts/rules.py");
  }

  @Test
  void whatAManifestRunsIsProtectedToo() {
    sandbox()
        .write("package.json", "{\"scripts\":{\"test\":\"node tools/check.mjs && jest src\"}}");
    sandbox().write("tools/check.mjs", "import { a } from './a.mjs';\n");
    sandbox().write("tools/a.mjs", "export const a = 1;\n");
    sandbox().write("src/b.mjs", "1\n");
    assertThat(touched("npm test", "tools/check.mjs", "tools/a.mjs", "src/b.mjs"))
        .containsExactly("tools/check.mjs", "tools/a.mjs");
  }

  /** Three that were taken over by a file that nobody had to approve. */
  @Test
  void whatAChangePutsBeforeWhatIsFoundSoFarIsProtected() {
    sandbox().write("tools/lint.py", "import json,glob\nfrom rules import all\n");
    sandbox().write("tools/rules/__init__.py", "all = 1\n");
    sandbox().write("tools/words.py", "x\n");
    assertThat(touched("python3 tools/lint.py", "tools/json.py", "tools/rules.py", "json.py"))
        .containsExactly("tools/json.py", "tools/rules.py");
    sandbox().write("Makefile", "-include Makefile.local $(wildcard conf/*.inc)\ntest:\n\t./x\n");
    assertThat(touched("make test", "Makefile.local", "conf/a.inc", "src/a.inc"))
        .containsExactly("Makefile.local", "conf/a.inc");
    sandbox().write("Makefile", "all: lint\nlint :\n\tA := b\n\t./x\n");
    assertThat(touched("make", "lint", "src/lint.c", "A")).containsExactly("lint");
    sandbox().write("tools/check.cjs", "require('./rules')\n");
    assertThat(touched("node tools/check.cjs", "tools/rules.js", "tools/other.js"))
        .containsExactly("tools/rules.js");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        ". \"$(dirname \"$0\")/two.sh\"",
        ". $(dirname $0)/two.sh",
        ". `dirname $0`/two.sh",
        "source \"$(dirname -- \"${BASH_SOURCE[0]}\")/two.sh\"",
        ". \"${0%/*}/two.sh\"",
        ". \"$(cd \"$(dirname \"$0\")\" && pwd)/two.sh\"",
        ". \"$(cd -- \"$(dirname -- \"${BASH_SOURCE[0]}\")\" > /dev/null 2>&1 && pwd -P)/two.sh\"",
        ". \"$(dirname \"$(readlink -f \"$0\")\")/two.sh\"",
        "D=$(cd \"$(dirname \"$0\")\"; pwd)\nsh \"$D/two.sh\"",
      })
  void aScriptFindsOthersBesideItself(String line) {
    sandbox().write("lib/one.sh", line + "\n");
    sandbox().write("lib/two.sh", "exit 0\n");
    assertThat(touched("sh lib/one.sh", "lib/two.sh")).containsExactly("lib/two.sh");
  }

  /** To edit a module that no gate asks for is work, also beside a script of one. */
  @Test
  void onlyWhatIsNewStandsBeforeOthers() {
    var file =
        new ChangedFile(
            'M', "tools/words.py", null, "100644", "100644", "0", "1", 1, 0, true, true);
    sandbox().write("tools/x.py", "print(1)\n");
    sandbox().write("tools/words.py", "x\n");
    sandbox().commit("More");
    var paths =
        ProtectedPaths.of(
            List.of(gate("python3 tools/x.py")),
            List.of(),
            null,
            CommitTree.of(new Git(sandbox().repository), "HEAD"));
    assertThat(paths.touched(List.of(file), id -> "")).isEmpty();
    assertThat(kinds(paths, "tools/words2.py")).containsExactly(RiskKind.GATE);
  }

  @Test
  @DisabledOnOs(OS.WINDOWS)
  void linksAreFollowedOnMain() throws Exception {
    sandbox().write("scripts/real.sh", "exit 0\n");
    Files.createSymbolicLink(sandbox().repository.resolve("check.sh"), Path.of("scripts/real.sh"));
    Files.createSymbolicLink(sandbox().repository.resolve("tools"), Path.of("scripts"));
    assertThat(touched("sh check.sh", "check.sh", "scripts/real.sh"))
        .containsExactly("check.sh", "scripts/real.sh");
    assertThat(touched("sh tools/real.sh", "tools", "scripts/real.sh"))
        .containsExactly("tools", "scripts/real.sh");
  }

  @Test
  void aScriptWithinASubmoduleChangesWithIt() {
    sandbox()
        .git(
            "update-index",
            "--add",
            "--cacheinfo",
            "160000," + sandbox().git("rev-parse", "HEAD") + ",lib");
    sandbox().git("commit", "-q", "-m", "lib");
    var git = new Git(sandbox().repository);
    var paths =
        ProtectedPaths.of(
            List.of(gate("sh lib/check.sh")), List.of(), null, CommitTree.of(git, "HEAD"));
    assertThat(kinds(paths, "lib")).containsExactly(RiskKind.GATE);
  }

  // ── how it is touched ───────────────────────────────────────────────────────────────────────

  private List<String> risks(Runnable change) {
    sandbox().write("check.sh", "exit 0\n");
    sandbox().write("package.json", "{\"scripts\":{\"test\":\"x\"},\"dependencies\":{}}");
    sandbox().commit("Before");
    var git = new Git(sandbox().repository);
    String before = git.must("rev-parse", "HEAD");
    change.run();
    sandbox().commit("After");
    return ProtectedPaths.of(
            List.of(gate("sh ./check.sh && npm test")), List.of(), null, CommitTree.of(git, before))
        .touched(Diffs.files(git, before, git.must("rev-parse", "HEAD")), id -> Diffs.text(git, id))
        .stream()
        .map(Risk::path)
        .toList();
  }

  @Test
  void editingOneCounts() {
    assertThat(risks(() -> sandbox().write("check.sh", "exit 1\n"))).containsExactly("check.sh");
  }

  @Test
  void removingOneCounts() {
    assertThat(risks(() -> sandbox().git("rm", "-q", "check.sh"))).containsExactly("check.sh");
  }

  @Test
  void movingOneAwayCounts() {
    assertThat(risks(() -> sandbox().git("mv", "check.sh", "old.sh"))).containsExactly("check.sh");
  }

  @Test
  void movingAFileToItsPlaceCounts() {
    assertThat(risks(() -> sandbox().git("mv", "-f", "README.md", "check.sh")))
        .containsExactly("check.sh");
  }

  @Test
  @DisabledOnOs(OS.WINDOWS)
  void itsRightsCount() {
    assertThat(risks(() -> sandbox().repository.resolve("check.sh").toFile().setExecutable(true)))
        .containsExactly("check.sh");
  }

  @Test
  @DisabledOnOs(OS.WINDOWS)
  void linksInItsPlaceAndLinksToItCount() {
    assertThat(
            risks(
                () -> {
                  TestRepository.run(sandbox().repository, "ln", "-sf", "README.md", "check.sh");
                  TestRepository.run(sandbox().repository, "mkdir", "docs");
                  TestRepository.run(sandbox().repository, "ln", "-s", "../check.sh", "docs/same");
                  TestRepository.run(
                      sandbox().repository, "ln", "-s", "../README.md", "docs/other");
                }))
        .containsExactly("check.sh", "docs/same");
  }

  @Test
  void aManifestCountsByItsScripts() {
    assertThat(
            risks(
                () ->
                    sandbox()
                        .write(
                            "package.json",
                            "{\"scripts\":{\"test\":\"x\"},\"dependencies\":{\"a\":\"1\"}}")))
        .isEmpty();
    assertThat(risks(() -> sandbox().write("package.json", "{\"scripts\":{\"test\":\"true\"}}")))
        .containsExactly("package.json");
    assertThat(risks(() -> sandbox().write("package.json", "{ no json"))).hasSize(1);
    assertThat(
            risks(
                () ->
                    sandbox()
                        .write(
                            "package.json",
                            "{\"scripts\":{\"test\":\"x\"},\"jest\":{\"bail\":1}}")))
        .containsExactly("package.json");
  }
}
