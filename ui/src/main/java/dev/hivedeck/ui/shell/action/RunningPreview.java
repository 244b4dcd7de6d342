package dev.hivedeck.ui.shell.action;

import dev.hivedeck.engine.protocol.service.ServiceRegistration;
import dev.hivedeck.engine.protocol.service.ServiceViews;
import dev.hivedeck.engine.protocol.service.ServiceViews.Service;
import dev.hivedeck.ui.shell.ScreenContext;
import java.util.Optional;

/** The app of a change or an attempt, while it runs for people to look at. */
public final class RunningPreview {
  private RunningPreview() {}

  /**
   * The service that it is; empty where it does not run.
   *
   * @param id of the change or the attempt; null for none
   */
  public static Optional<Service> of(ScreenContext context, String id) {
    return id == null
        ? Optional.empty()
        : context
            .live()
            .things(ServiceRegistration.SERVICE, Service.class)
            .get(ServiceViews.PREVIEW + id);
  }

  /** Where it answers; empty as long as it does not. */
  public static Optional<String> address(ScreenContext context, String id) {
    return of(context, id).map(Service::address);
  }
}
