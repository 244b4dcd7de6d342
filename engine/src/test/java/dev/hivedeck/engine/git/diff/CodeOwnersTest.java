package dev.hivedeck.engine.git.diff;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.hivedeck.engine.protocol.Json;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Who owns a path, with the meaning of CODEOWNERS. */
class CodeOwnersTest {
  /** Patterns of another implementation with what they match; not everywhere at hand. */
  private static final Path PATTERNS =
      Path.of(System.getProperty("hivedeck.fixtures", "../../shared/fixtures"))
          .resolve("codeowners/patterns.json");

  @ParameterizedTest(name = "{0} owns {1}: {2}")
  @CsvSource({
    // a folder owns what is below it, at any depth, and is no file
    "docs/,            docs/a.md,               true",
    "docs/,            docs/deep/er/a.md,       true",
    "docs/,            web/docs/a.md,           true",
    "docs/,            docs,                    false",
    "docs/,            docs2/a.md,              false",
    "docs/,            mydocs/a.md,             false",
    "/docs/,           docs/a.md,               true",
    "/docs/,           web/docs/a.md,           false",
    // a plain name is a file or a folder, at any depth
    "docs,             docs,                    true",
    "docs,             docs/a.md,               true",
    "docs,             web/docs/deep/a.md,      true",
    "docs,             docs.md,                 false",
    "/docs,            docs/a.md,               true",
    "/docs,            web/docs,                false",
    // an inner slash anchors to the root
    "services/api,     services/api/a.py,       true",
    "services/api,     services/api,            true",
    "services/api,     x/services/api/a.py,     false",
    "services/api,     services/apis/a.py,      false",
    // a star stays within a folder, and matches at any depth where nothing anchors it
    "*.md,             a.md,                    true",
    "*.md,             docs/deep/a.md,          true",
    "*.md,             a.mdx,                   false",
    "/*.md,            a.md,                    true",
    "/*.md,            docs/a.md,               false",
    "docs/*.md,        docs/a.md,               true",
    "docs/*.md,        docs/deep/a.md,          false",
    "docs/*,           docs/a.md,               true",
    "docs/*,           docs/deep/a.md,          false",
    "services/*/api,   services/a/api/x.py,     true",
    "services/*/api,   services/a/b/api/x.py,   false",
    "a?c,              abc,                     true",
    "a?c,              a/c,                     false",
    "*,                a.md,                    true",
    "*,                docs/deep/a.md,          true",
    "/*,               a.md,                    true",
    "/*,               docs/a.md,               false",
    "a\\*c,            a*c,                     true",
    "a\\*c,            abc,                     false",
    // two stars cross folders
    "services/api/**,  services/api/a.py,       true",
    "services/api/**,  services/api/x/y/a.py,   true",
    "services/api/**,  services/api,            false",
    "services/api/**,  services/apix/a.py,      false",
    "**/test,          test/a,                  true",
    "**/test,          a/b/test/c,              true",
    "**/test,          a/b/mytest,              false",
    "a/**/z,           a/z,                     true",
    "a/**/z,           a/b/c/z,                 true",
    "a/**/z,           b/a/c/z,                 false",
    "a/**/,            a/b,                     true",
    "a/**/,            a,                       false",
    // letters mean themselves
    "a.md,             aXmd,                    false",
    "a+b(c)/,          a+b(c)/x,                true",
    "Docs/,            docs/a.md,               false"
  })
  void aPatternOwnsWhatCodeownersSays(String pattern, String path, boolean owned) {
    assertThat(CodeOwners.matches(pattern, path)).isEqualTo(owned);
  }

  @Test
  void anyOfItsPatternsIsEnough() {
    assertThat(CodeOwners.owns(List.of("a/", "b/"), "b/x")).isTrue();
    assertThat(CodeOwners.owns(List.of("a/", "b/"), "c/x")).isFalse();
    assertThat(CodeOwners.owns(List.of(), "c/x")).isFalse();
  }

  @Test
  void aNameWithALineBreakIsOneName() {
    assertThat(CodeOwners.matches("docs/", "docs/a\nb")).isTrue();
    assertThat(CodeOwners.matches("docs/", "web\ndocs/b")).isFalse();
  }

  @Test
  void otherImplementationsAgree() throws Exception {
    assumeTrue(Files.isReadable(PATTERNS), "there is no " + PATTERNS);
    var wrong = new ArrayList<String>();
    int checks = 0;
    for (JsonNode test : Json.MAPPER.readTree(PATTERNS.toFile())) {
      for (var path : test.get("paths").properties()) {
        checks++;
        String pattern = test.get("pattern").asText();
        if (CodeOwners.matches(pattern, path.getKey()) != path.getValue().asBoolean()) {
          wrong.add(pattern + " of " + path.getKey() + " is not " + path.getValue());
        }
      }
    }
    assertThat(checks).isGreaterThan(100);
    assertThat(wrong).isEmpty();
  }
}
