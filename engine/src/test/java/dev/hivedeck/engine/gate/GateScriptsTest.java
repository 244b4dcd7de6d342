package dev.hivedeck.engine.gate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hivedeck.engine.TestRepository;
import dev.hivedeck.engine.git.Git;
import dev.hivedeck.engine.git.diff.ChangedFile;
import dev.hivedeck.engine.git.diff.CommitTree;
import dev.hivedeck.engine.protocol.view.ChangeViews.Risk;
import dev.hivedeck.engine.protocol.view.ChangeViews.RiskKind;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** By whatever way a gate's command comes to run a file, the file needs a person's approval. */
class GateScriptsTest {
  /** All that main holds: each file with what is in it. */
  private static final String FILES =
      """
      check1.sh            | python3 tools/v1.py
      check2.sh            | . ./lib/common.bash
      check3.sh            | for t in lint style; do sh ci/$t.sh; done
      check4.sh            | CHECK='node tools/v4.js'; $CHECK
      check5.sh            | CHECKS=(ci/one ci/two); "${CHECKS[@]}"
      check6.sh            | test "$(python3 tools/v6.py)" = ok
      check7.sh            | DIR=$(somewhere); sh "$DIR/hidden.sh"
      check8.sh            | find ci -name 'x*' | while read f; do sh "$f"; done
      check9.sh            | grep -rn TODO src lib app.py && echo see README.md
      check10.sh           | python3 -m tools.deep.entry
      check11.sh           | SH=`which sh` && $SH tests/all.py
      ci/check3.sh         | python3 tools3/v3.py
      ci/lint.sh           | exit 0
      ci/style.sh          | exit 0
      ci/one               | exit 0
      ci/two               | exit 0
      ci/hidden.sh         | exit 0
      ci/x1                | exit 0
      ci/words.txt         | exit 0
      ci/rule.awk          | exit 0
      ci/compose.yml       | services: { x: { command: sh tools/v1.sh } }
      lib/common.bash      | exit 0
      lib/Rules/Style.pm   | 1;
      tools/v1.py          | print(1)
      tools/v1.sh          | exit 0
      tools/v4.js          | 1
      tools/v6.py          | print(1)
      tools/plain          | exit 0
      tools/a.pl           | use Rules::Style;
      tools/deep/entry.py  | from . import near
      tools/deep/near.py   | from ..far import x
      tools/far.py         | x = 1
      tools/tox.py         | 1
      tools/task.py        | 1
      tools/pc.py          | 1
      tools/npm.js         | 1
      tools/npm2.js        | 1
      tools/nox.py         | 1
      tools/just.py        | 1
      tools/make.py        | 1
      tools/make2.py       | 1
      tools/mvn.sh         | 1
      tools/jest.js        | 1
      tools/opts.js        | 1
      tools/eslint.js      | 1
      tools3/v3.py         | 1
      many.py              | import os, first as f, second
      first.py             | 1
      second.py            | 1
      imports.py           | from rules import (\\n  style,\\n  words,\\n)
      dynamic.py           | import importlib, os\\nimportlib.import_module("rules.late")\\nopen(os.path.join("tools", "v1.py"))
      rules/__init__.py    | 1
      rules/style.py       | 1
      rules/words.py       | 1
      rules/late.py        | 1
      rules/other.py       | 1
      t8/check.py          | from rules import style
      t8/rules/__init__.py | 1
      t8/rules/style.py    | from .base import x
      t8/rules/base.py     | x = 1
      Makefile             | CHECK := tools/make.py\\nPY = tools/make2.py\\ninclude conf/$(X).mk\\nX := more\\ntest:\\n\\tpython3 $(CHECK) && python3 ${PY}
      conf/more.mk         | x:
      sub/Makefile         | all:\\n\\t./go
      sub/go               | exit 0
      sub/rules            | all:
      tox.ini              | [testenv]\\ncommands = python tools/tox.py
      Taskfile.yml         | tasks:\\n  x:\\n    cmds:\\n      - python3 tools/task.py
      .pre-commit-config.yaml | repos: [{ repo: local, hooks: [{ id: x, entry: python3 tools/pc.py, language: system }] }]
      package.json         | {"main":"index.js","scripts":{"test":"cross-env A=1 node tools/npm.js","lint":"nyc --reporter text node ./tools/npm2"},"jest":{"reporters":["<rootDir>/tools/jest.js"]}}
      noxfile.py           | import nox\\ndef t(s):\\n  s.run("python", "tools/nox.py")
      justfile             | check := "tools/just.py"\\ntest:\\n  python3 {{check}}
      pom.xml              | <project><argument>${basedir}/tools/mvn.sh</argument></project>
      eslint.config.js     | import x from './tools/eslint.js';
      .rubocop.yml         | x
      .rubocop_todo.yml    | x
      phpstan.neon         | includes: [phpstan-baseline.neon]
      phpstan-baseline.neon | x
      phpstan.neon.dist    | x
      .php-cs-fixer.php    | x
      .php-cs-fixer.dist.php | x
      .rspec               | x
      .rspec-local         | x
      .mocharc.cjs         | x
      .nycrc               | x
      .swiftlint.yml       | x
      .clang-tidy          | x
      .config/nextest.toml | x
      karma.conf.js        | x
      .env                 | x
      run_tests.sh         | python3 tests/all.py && cat src/app.py
      tests/all.py         | from src.app import main\\nimport helper
      tests/helper.py      | 1
      tests/test_a.py      | 1
      src/app.py           | import other
      src/other.py         | 1
      src/main/java/A.java | class A {}
      src/index.js         | 1
      index.js             | 1
      app.py               | 1
      README.md            | 1
      data.json            | {}
      pkg/__main__.py      | 1
      LICENSE              | x
      """;

  @TempDir static Path folder;
  private static CommitTree main;

  @BeforeAll
  static void repository() {
    var sandbox = new TestRepository(folder);
    for (String line : FILES.lines().toList()) {
      String[] file = line.split("\\|", 2);
      sandbox.write(file[0].strip(), file[1].strip().translateEscapes() + "\n");
    }
    sandbox.commit("All");
    main = CommitTree.of(new Git(sandbox.repository), "HEAD");
  }

  private static List<String> touched(String command, String... paths) {
    var gate =
        new GateSpec(
            "g", GateSpec.Kind.RUN, command, List.of("attempt"), null, GateSpec.Place.EITHER, null);
    var changed =
        List.of(paths).stream()
            .map(
                path -> {
                  boolean there = main.at(path) != null;
                  return new ChangedFile(
                      there ? 'M' : 'A',
                      path,
                      null,
                      there ? "100644" : "000000",
                      "100644",
                      "0",
                      "1",
                      1,
                      0,
                      true,
                      true);
                })
            .toList();
    return ProtectedPaths.of(List.of(gate), List.of(), null, main)
        .touched(changed, id -> id)
        .stream()
        .filter(risk -> risk.kind() == RiskKind.GATE)
        .map(Risk::path)
        .toList();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '#',
      value = {
        // scripts of scripts, wherever they lie
        "sh ./check1.sh                                 # tools/v1.py",
        "sh ./check2.sh                                 # lib/common.bash",
        "sh ./check3.sh                                 # ci/style.sh",
        "sh ./check4.sh                                 # tools/v4.js",
        "sh ./check5.sh                                 # ci/two",
        "sh ./check6.sh                                 # tools/v6.py",
        "sh ./check7.sh                                 # ci/hidden.sh",
        "sh ./check8.sh                                 # ci/x1",
        "sh ./check10.sh                                # tools/deep/entry.py",
        "sh ./check10.sh                                # tools/deep/near.py",
        "sh ./check10.sh                                # tools/far.py",
        "sh ./check11.sh                                # tests/all.py",
        "sh ci/check3.sh                                # tools3/v3.py",
        "for f in ci/*.sh; do sh $f; done               # tools3/v3.py",
        // options with values of their own, and programs that run others
        "bash -eo pipefail -c 'sh tools/plain'          # tools/plain",
        "bash -c -e 'sh tools/plain'                    # tools/plain",
        "bash -O extglob tools/plain                    # tools/plain",
        "bash --rcfile ci/words.txt tools/plain         # ci/words.txt",
        "sh -c 'sh \"$1\"' _ tools/v1.sh                # tools/v1.sh",
        "python3 -W error tools/v1.py                   # tools/v1.py",
        "python3 -X dev -B tools/plain                  # tools/plain",
        "python3 -Wd -mtools.v1                         # tools/v1.py",
        "python3 -um tools.v1                           # tools/v1.py",
        "python3 -m coverage run tools/v1.py            # tools/v1.py",
        "python3 -c 'import many'                       # many.py",
        "python3 -c 'exec(open(\"tools/v1.py\").read())' # tools/v1.py",
        "node -e \"require('./tools/v4.js')\"           # tools/v4.js",
        "node -r ./tools/v4.js src/index.js             # tools/v4.js",
        "NODE_OPTIONS='--require ./tools/v4.js' npm test # tools/v4.js",
        "env -u FOO sh tools/plain                      # tools/plain",
        "env -u FOO tools/plain                         # tools/plain",
        "env -S 'sh tools/plain'                        # tools/plain",
        "perl -I lib tools/a.pl                         # tools/a.pl",
        "perl -I lib tools/a.pl                         # lib/Rules/Style.pm",
        "perl -Ilib tools/a.pl                          # lib/Rules/Style.pm",
        "flock ci/words.txt sh tools/plain              # tools/plain",
        "flock -w 5 README.md -c 'sh tools/plain'       # tools/plain",
        "timeout --signal KILL 60 sh tools/plain        # tools/plain",
        "timeout -k 5 60 sh tools/plain                 # tools/plain",
        "nice -n 5 sh tools/plain                       # tools/plain",
        "sudo -u git sh tools/plain                     # tools/plain",
        "sudo -u cat tools/v1.sh                        # tools/v1.sh",
        "cross-env A=b node tools/plain                 # tools/plain",
        "npx --yes cross-env A=b node tools/plain       # tools/plain",
        "npx -p x -c 'sh tools/plain'                   # tools/plain",
        "xvfb-run -a -s '-x' python3 tools/plain        # tools/plain",
        "su -c 'sh tools/plain' me                      # tools/plain",
        "nix-shell --run 'sh tools/plain'               # tools/plain",
        "docker run --rm -v .:/w x sh tools/plain       # tools/plain",
        "docker compose -f ci/compose.yml run x         # tools/v1.sh",
        "concurrently 'sh tools/plain' 'true'           # tools/plain",
        "strace -f -o log sh tools/plain                # tools/plain",
        "mycheck --with tools/v1.py                     # tools/v1.py",
        "mycheck --with=tools/v1.py                     # tools/v1.py",
        "RUNNER=tools/v1.sh mycheck                     # tools/v1.sh",
        "sh ${DIR:-tools}/v1.sh                         # tools/v1.sh",
        "sh tools/$X.sh                                 # tools/v1.sh",
        "echo tools/plain | xargs -n 1 python3          # tools/plain",
        "find ci -exec sh tools/plain {} ';'            # tools/plain",
        "git submodule foreach 'sh tools/plain'         # tools/plain",
        "git bisect run sh tools/plain                  # tools/plain",
        "awk -f ci/rule.awk src/app.py                  # ci/rule.awk",
        "grep -qf ci/words.txt README.md || grep -f ci/words.txt x # ci/words.txt",
        "[ -z \"$(sh tools/plain)\" ]                   # tools/plain",
        "set -- tools/v1.sh; sh \"$1\"                  # tools/v1.sh",
        "python3 pkg                                    # pkg/__main__.py",
        "busybox sh tools/plain                         # tools/plain",
        // what programs import
        "python3 t8/check.py                            # t8/rules/style.py",
        "python3 t8/check.py                            # t8/rules/base.py",
        "python3 many.py                                # first.py",
        "python3 many.py                                # second.py",
        "python3 imports.py                             # rules/style.py",
        "python3 imports.py                             # rules/words.py",
        "python3 dynamic.py                             # rules/late.py",
        "python3 dynamic.py                             # tools/v1.py",
        // what is new beside a program stands before what it asks for
        "python3 many.py                                # _weakrefset.py",
        "python3 many.py                                # whatever/__init__.py",
        "python3 tools/v1.py                            # tools/_weakrefset.py",
        "sh check1.sh                                   # tools/_weakrefset.py",
        "python3 -m pytest                              # _pytest.py",
        "cd tools && python3 -m v1                      # tools/x.so",
        "python3 -c 'print(1)'                          # posix2.py",
        "PYTHONPATH=lib python3 tools/v1.py             # lib/abc2.py",
        "python3 -W error tools/new.py                  # tools/new.py",
        "env -u FOO sh tools/new                        # tools/new",
        // makefiles
        "make -s test                                   # tools/make.py",
        "make -s test                                   # tools/make2.py",
        "make test                                      # conf/more.mk",
        "make -s -Csub                                  # sub/Makefile",
        "make -Csub                                     # sub/go",
        "make --directory=sub                           # sub/Makefile",
        "make -f sub/rules                              # sub/rules",
        "make -fsub/rules                               # sub/rules",
        "make --file=sub/rules                          # sub/rules",
        "just test                                      # tools/just.py",
        // settings of tools, and what they name
        "rubocop                                        # .rubocop.yml",
        "bundle exec rubocop                            # .rubocop_todo.yml",
        "phpstan analyse                                # phpstan.neon",
        "vendor/bin/phpstan analyse                     # phpstan.neon.dist",
        "phpstan analyse                                # phpstan-baseline.neon",
        "php-cs-fixer check                             # .php-cs-fixer.php",
        "php vendor/bin/php-cs-fixer check              # .php-cs-fixer.dist.php",
        "bundle exec rspec                              # .rspec",
        "bundle exec rspec                              # .rspec-local",
        "npx nyc mocha                                  # .mocharc.cjs",
        "npx nyc --reporter text mocha                  # .nycrc",
        "swiftlint                                      # .swiftlint.yml",
        "clang-tidy src/a.c                             # .clang-tidy",
        "cargo nextest run                              # .config/nextest.toml",
        "npx karma start                                # karma.conf.js",
        "npx newtool@2                                  # newtool.config.mjs",
        "eslint .                                       # tools/eslint.js",
        "true || tox                                    # tools/tox.py",
        "task x                                         # tools/task.py",
        "pre-commit run -a                              # tools/pc.py",
        "nox                                            # tools/nox.py",
        "npm test                                       # tools/npm.js",
        "npm run lint                                   # tools/npm2.js",
        "npm test                                       # tools/jest.js",
        "npm test                                       # .nycrc",
        "mvn verify                                     # tools/mvn.sh",
      })
  void whatAGateComesToRunIsProtected(String command, String path) {
    assertThat(touched(command, path)).containsExactly(path);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '#',
      value = {
        "sh ./check9.sh                                 # app.py",
        "sh ./check9.sh                                 # src/app.py",
        "sh ./check9.sh                                 # README.md",
        "sh ./check9.sh                                 # lib/new.bash",
        "mvn test                                       # src/main/java/A.java",
        "mvn test                                       # src/main/java/B.java",
        "npm test                                       # src/index.js",
        "npm test                                       # index.js",
        "npx eslint src app.py                          # app.py",
        "poetry run ruff check app.py                   # app.py",
        "timeout 60 ruff check app.py                   # app.py",
        "timeout 60 grep -q x app.py                    # app.py",
        "python3 -m ruff check app.py                   # app.py",
        "pytest tests/test_a.py                         # tests/test_a.py",
        "pytest tests                                   # tests/new.py",
        "python3 -m pytest tests                        # tests/test_new.py",
        "PYTHONPATH=src pytest                          # src/new.py",
        "sh run_tests.sh                                # src/app.py",
        "sh run_tests.sh                                # src/other.py",
        "sh run_tests.sh                                # tests/test_a.py",
        "python3 many.py                                # src/new.py",
        "python3 many.py                                # app.py",
        "python3 imports.py                             # rules/other.py",
        "python3 tools/v1.py data.json                  # data.json",
        "sh tools/v1.sh src/app.py                      # src/app.py",
        "make test                                      # src/app.py",
        "env A=1 sh check1.sh                           # .env",
        "node tools/v4.js LICENSE                       # LICENSE",
        "git diff --exit-code && sh check1.sh           # app.py",
        "mypy src && pytest -q                          # src/app.py",
      })
  void ordinaryWorkIsNot(String command, String path) {
    assertThat(touched(command, path)).isEmpty();
  }

  /** Whatever a script holds, it is looked into in a time that nobody notices. */
  @Test
  void aLongCommandComesToAnEnd() {
    String nested = "sh -c 'x' tools/v1.py lib ci tools sub conf rules ".repeat(50);
    assertThat(touched(nested + "; " + "env ".repeat(200) + "sh tools/plain", "tools/v1.py"))
        .isNotEmpty();
  }
}
