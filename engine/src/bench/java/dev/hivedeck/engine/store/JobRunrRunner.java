package dev.hivedeck.engine.store;

import com.zaxxer.hikari.HikariDataSource;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.jobrunr.configuration.JobRunr;
import org.jobrunr.jobs.Job;
import org.jobrunr.jobs.filters.ApplyStateFilter;
import org.jobrunr.jobs.lambdas.JobRequest;
import org.jobrunr.jobs.lambdas.JobRequestHandler;
import org.jobrunr.jobs.states.JobState;
import org.jobrunr.jobs.states.StateName;
import org.jobrunr.scheduling.JobRequestScheduler;
import org.jobrunr.server.BackgroundJobServerConfiguration;
import org.jobrunr.server.JobActivator;
import org.jobrunr.server.runner.ThreadLocalJobContext;
import org.jobrunr.storage.sql.sqlite.SqLiteStorageProvider;

/**
 * JobRunr on SQLite with the workers that it chooses itself. It looks for work when a worker has
 * become free, else each 5 seconds: a shorter interval it refuses.
 */
final class JobRunrRunner implements TaskRunner {
  private final HikariDataSource source;
  private final JobRequestScheduler scheduler;
  private final Map<UUID, String> ids = new ConcurrentHashMap<>();

  /** What is to be done: nothing. */
  public static final class NoOp implements JobRequest {
    @Override
    public Class<Handler> getJobRequestHandler() {
      return Handler.class;
    }
  }

  /** Does it. */
  public static final class Handler implements JobRequestHandler<NoOp> {
    private final Listener listener;
    private final Map<UUID, String> ids;

    Handler(Listener listener, Map<UUID, String> ids) {
      this.listener = listener;
      this.ids = ids;
    }

    @Override
    public void run(NoOp request) {
      listener.began().accept(ids.get(ThreadLocalJobContext.getJobContext().getJobId()));
    }
  }

  private static final class Activator implements JobActivator {
    private final Handler handler;

    Activator(Handler handler) {
      this.handler = handler;
    }

    @Override
    public <T> T activateJob(Class<T> type) {
      return type.cast(handler);
    }
  }

  JobRunrRunner(Path file, Listener listener) {
    this.source = TaskRunner.sqlite(file);
    ApplyStateFilter states = (job, before, now) -> applied(job, now, listener);
    this.scheduler =
        JobRunr.configure()
            .useStorageProvider(new SqLiteStorageProvider(source))
            .useJobActivator(new Activator(new Handler(listener, ids)))
            .withJobFilter(states)
            .useBackgroundJobServer(
                BackgroundJobServerConfiguration.usingStandardBackgroundJobServerConfiguration()
                    .andPollInterval(Duration.ofSeconds(5)))
            .initialize()
            .getJobRequestScheduler();
  }

  private void applied(Job job, JobState now, Listener listener) {
    if (now.getName() == StateName.SUCCEEDED) {
      listener.done().accept(ids.remove(job.getId()));
    } else if (now.getName() == StateName.FAILED) {
      listener.failed().accept(new IllegalStateException("JobRunr: a job failed"));
    }
  }

  @Override
  public void submit(String id) {
    var uuid = UUID.randomUUID();
    ids.put(uuid, id);
    scheduler.enqueue(uuid, new NoOp());
  }

  @Override
  public void close() {
    JobRunr.destroy();
    source.close();
  }
}
