package dev.hivedeck.engine.git.survey;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hivedeck.engine.git.Git;
import dev.hivedeck.engine.git.diff.Diffs;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Large contracts are compared as a whole, or said not to be. */
class SurveyorTest {
  @TempDir Path folder;
  private Git git;

  @BeforeEach
  void repository() throws Exception {
    git = new Git(folder);
    git.must("init", "--quiet", "--initial-branch=main");
    git.must("config", "user.name", "Test");
    git.must("config", "user.email", "test@example.org");
  }

  private ChangeSurvey change(String before, String after) throws Exception {
    String old = commit(before);
    String now = commit(after);
    return new Surveyor(git, () -> old, Clock.systemUTC())
        .of(
            Diffs.files(git, old, now),
            new Surveyor.Paths(List.of("openapi.json"), List.of("migrations/"), false));
  }

  private String commit(String text) throws Exception {
    Files.writeString(folder.resolve("openapi.json"), text);
    git.must("add", "--all");
    git.must("commit", "--quiet", "--message=x");
    return git.must("rev-parse", "HEAD").strip();
  }

  private static String api(int bytes, String last) {
    return "{\"openapi\":\"3.1.0\",\"info\":\"%s\",\"paths\":{\"/a\":{},\"%s\":{}}}"
        .formatted("x".repeat(bytes), last);
  }

  @Test
  void anApiThatGrewKeepsItsEnd() throws Exception {
    var survey = change(api(1_000, "/z"), api(400_000, "/z"));
    assertThat(survey.contracts()).isEmpty();
    assertThat(survey.unread()).isEmpty();
  }

  @Test
  void whatALargeApiLosesAtItsEndIsTold() throws Exception {
    assertThat(change(api(1_900_000, "/z"), api(1_900_001, "/y")).contracts())
        .containsExactly("openapi.json removes /z");
  }

  @Test
  void aTooLargeOneIsSaidNotToBeComparedAndNotToBreakAnybody() throws Exception {
    var survey = change(api(1_000, "/z"), api(2_200_000, "/z"));
    assertThat(survey.contracts()).isEmpty();
    assertThat(survey.unread()).containsExactly("openapi.json");
  }
}
