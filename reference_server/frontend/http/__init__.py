"""HTTP as such: connections, requests, answers, conditions and ranges. It knows nothing of packages."""
