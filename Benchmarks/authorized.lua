-- wrk's requests carry the token of the environment: arguments can be read by everybody.
wrk.headers["Authorization"] = "Bearer " .. os.getenv("BUNDLETOP_TOKEN")
