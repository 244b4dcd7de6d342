package dev.hivedeck.engine.preview;

import dev.hivedeck.engine.config.service.ServiceConfig;
import dev.hivedeck.engine.config.service.ServiceConfig.HealthRule;
import dev.hivedeck.engine.config.worktree.WorktreeConfig;
import dev.hivedeck.engine.preparation.WorktreePreparation;
import dev.hivedeck.engine.protocol.service.ServiceViews.CheckKind;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The service that the app of a worktree is while it is looked at. */
final class PreviewService {
  private PreviewService() {}

  /**
   * @param setup runs there first; null for none
   */
  static ServiceConfig of(
      PreviewSubject subject,
      String run,
      Path folder,
      @Nullable String setup,
      WorktreePreparation.Place place,
      WorktreeConfig wanted) {
    var rule =
        new HealthRule(
            CheckKind.TCP,
            "",
            Duration.ofSeconds(2),
            Duration.ofSeconds(2),
            1,
            3,
            wanted.timeout());
    return new ServiceConfig(
        subject.name(),
        run,
        null,
        folder.toString(),
        place.environment(folder),
        List.of(),
        place.port(),
        1,
        List.of(),
        List.of(),
        null,
        setup,
        true,
        rule);
  }
}
