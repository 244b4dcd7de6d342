package dev.hivedeck.engine.config.edit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Python: how it is tested, and where the packages for that come from. */
record PythonProposal(Path root) {
  private static final String ENVIRONMENT = ".venv";

  /** What names pytest where it is used. */
  private static final List<String> NAMING =
      List.of(
          "pytest.ini",
          "conftest.py",
          "tests/conftest.py",
          "pyproject.toml",
          "setup.cfg",
          "setup.py",
          "tox.ini",
          "requirements.txt",
          "requirements-dev.txt",
          "dev-requirements.txt");

  private static final Pattern UNITTEST = Pattern.compile("(?m)^\\s*(?:import|from) unittest\\b");

  /** More files tell nothing new. */
  private static final int MOST = 200;

  /** Empty where there is none. */
  static Optional<LanguageProposal> of(Path root) {
    return Stream.of("pyproject.toml", "setup.py", "setup.cfg", "requirements.txt")
            .anyMatch(file -> LanguageProposal.there(root, file))
        ? Optional.of(new PythonProposal(root).proposal())
        : Optional.empty();
  }

  private LanguageProposal proposal() {
    String tests = folder("tests") ? "tests" : folder("test") ? "test" : null;
    boolean tested = tests != null || LanguageProposal.there(root, "pytest.ini");
    if (LanguageProposal.there(root, "uv.lock")) {
      return locked(tested ? "uv run --frozen pytest -q" : null, "uv.lock", "uv sync --frozen");
    }
    if (LanguageProposal.there(root, "poetry.lock")) {
      return locked(
          tested ? "poetry run pytest -q" : null, "poetry.lock", "poetry install --no-interaction");
    }
    boolean own =
        LanguageProposal.ignored(root, ENVIRONMENT)
            && Files.isExecutable(root.resolve(ENVIRONMENT + "/bin/python"));
    String python = own ? ENVIRONMENT + "/bin/python" : "python3";
    // A checkout of its own must test its own files, not those that somebody has installed.
    String path = folder("src") ? "PYTHONPATH=src " : "";
    boolean plain = tests != null && unittest(tests);
    String run = plain ? "unittest discover -q -s " + top(tests) : "pytest -q";
    return new LanguageProposal(
        "python",
        tested ? path + python + " -m " + run : null,
        plain ? "its tests are of unittest" : "a folder of tests",
        "~/.cache/pip",
        null,
        own ? ENVIRONMENT : null);
  }

  private static LanguageProposal locked(@Nullable String test, String why, String setup) {
    return new LanguageProposal("python", test, why, "~/.cache", setup, null);
  }

  private boolean folder(String name) {
    return LanguageProposal.folder(root, name);
  }

  /** Tests that are a package are found from the root. */
  private String top(String tests) {
    return LanguageProposal.there(root, tests + "/__init__.py") ? tests + " -t ." : tests;
  }

  /** Whether all that they need comes with Python. */
  private boolean unittest(String tests) {
    if (NAMING.stream()
        .anyMatch(file -> LanguageProposal.text(root.resolve(file)).contains("pytest"))) {
      return false;
    }
    try (var inside = Files.walk(root.resolve(tests), 3)) {
      var texts =
          inside
              .filter(file -> file.toString().endsWith(".py"))
              .limit(MOST)
              .map(LanguageProposal::text)
              .toList();
      return texts.stream().noneMatch(text -> text.contains("import pytest"))
          && texts.stream().anyMatch(text -> UNITTEST.matcher(text).find());
    } catch (IOException | UncheckedIOException e) {
      return false; // A folder in there cannot be read.
    }
  }
}
