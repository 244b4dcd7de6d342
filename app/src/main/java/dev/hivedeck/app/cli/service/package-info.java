/** Commands about services. */
package dev.hivedeck.app.cli.service;
