package dev.hivedeck.ui;

import dev.hivedeck.ui.shell.Screen;
import dev.hivedeck.ui.shell.ScreenContext;
import dev.hivedeck.ui.shell.ScreenId;
import dev.hivedeck.ui.view.agent.AgentsScreen;
import dev.hivedeck.ui.view.audit.AuditScreen;
import dev.hivedeck.ui.view.change.ChangesScreen;
import dev.hivedeck.ui.view.decision.DecisionsScreen;
import dev.hivedeck.ui.view.lesson.LessonsScreen;
import dev.hivedeck.ui.view.overview.OverviewScreen;
import dev.hivedeck.ui.view.plan.PlanScreen;
import dev.hivedeck.ui.view.rollout.RolloutsScreen;
import dev.hivedeck.ui.view.service.ServicesScreen;
import dev.hivedeck.ui.view.settings.SettingsScreen;
import dev.hivedeck.ui.view.slo.SlosScreen;
import dev.hivedeck.ui.view.task.TasksScreen;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;

/**
 * Every screen there is, in the order of the rail. Its place there, its key, its entry in the
 * palette and its line in the list of keys follow from its {@link ScreenId}.
 */
public final class Screens {
  private static final Map<ScreenId, Function<ScreenContext, Screen>> ALL = new LinkedHashMap<>();

  static {
    ALL.put(ScreenId.OVERVIEW, OverviewScreen::new);
    ALL.put(ScreenId.DECISIONS, DecisionsScreen::new);
    ALL.put(ScreenId.PLAN, PlanScreen::new);
    ALL.put(ScreenId.AGENTS, AgentsScreen::new);
    ALL.put(ScreenId.TASKS, TasksScreen::new);
    ALL.put(ScreenId.CHANGES, ChangesScreen::new);
    ALL.put(ScreenId.SLOS, SlosScreen::new);
    ALL.put(ScreenId.ROLLOUTS, RolloutsScreen::new);
    ALL.put(ScreenId.SERVICES, ServicesScreen::new);
    ALL.put(ScreenId.LESSONS, LessonsScreen::new);
    ALL.put(AuditScreen.ID, AuditScreen::new);
    ALL.put(ScreenId.SETTINGS, SettingsScreen::new);
  }

  private Screens() {}

  /** How each of them is made. */
  public static Map<ScreenId, Function<ScreenContext, Screen>> all() {
    return Collections.unmodifiableMap(ALL);
  }
}
