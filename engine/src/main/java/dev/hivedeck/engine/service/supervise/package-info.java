/**
 * Begins, checks, ends and begins anew the instances of services, as configured and as asked for.
 */
@NullMarked
package dev.hivedeck.engine.service.supervise;

import org.jspecify.annotations.NullMarked;
