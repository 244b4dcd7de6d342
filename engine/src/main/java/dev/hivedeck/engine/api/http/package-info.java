/**
 * The HTTP endpoint: {@code /health}, {@code /v1}, and what is mounted beside them. It translates
 * requests into commands and queries, and errors into statuses.
 */
package dev.hivedeck.engine.api.http;
